import type { OverSeeds } from "./over-seeds.ts";
import { studySummaries } from "./study-summary.ts";
import type { Study } from "./study.ts";
import type { TableCells } from "./table-cells.ts";

/**
 * What each row saw and took beside one retraining, preparation included; nothing in a study of earlier versions, which
 * did not keep it.
 */
export function studyCostCells(study: Study): TableCells | undefined {
  if (study.runs.every(({ cost }) => cost === undefined)) return undefined;
  const { axis } = study;
  return {
    columns: ["Row", axis === undefined ? "Sees" : axis.key, "Forward", "Backward", "Seconds"],
    rows: studySummaries(study).map(({ row, value, forward, backward, seconds, shares }) => [
      row.label,
      axis === undefined ? row.sees : String(value),
      cell(forward, shares.forward),
      cell(backward, shares.backward),
      cell(seconds, shares.seconds, 1),
    ]),
    notes: [
      "Forward, Backward: images through such passes, means over seeds, and as a share of one retraining at the same seed. Seconds: the same. What must come first (masks, attack training) is included, the search of options is not.",
      "A share of seconds is given where both were measured on one machine; seconds of a machine that did other work are upper bounds.",
    ],
  };
}

function cell({ mean }: OverSeeds, { mean: share }: OverSeeds, digits = 0): string {
  if (mean === undefined) return "n/a";
  const number = mean.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return share === undefined ? number : `${number} (${percent(100 * share)} %)`;
}

function percent(value: number): string {
  return value === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(1);
}
