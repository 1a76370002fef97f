import { isMissing, pairedComparisons, rankGroups, type CorrectedComparison } from "@ltu/metrics";

import { meanCell } from "./over-seeds.ts";
import { studySummaries, type StudySummary } from "./study-summary.ts";
import type { AxisValue, Study } from "./study.ts";
import type { TableCells } from "./table-cells.ts";

/** One row of a study compared with the row that all are compared with, at one value of the axis. */
export interface StudyComparison {
  readonly summary: StudySummary;
  /** 1 for the best group; rows that no interval tells apart share it. Absent for a row without an interval. */
  readonly rank: number | undefined;
  /** Absent for the row itself, and where a seed of either has no Avg. Gap. */
  readonly comparison: CorrectedComparison | undefined;
}

/**
 * Ranks the rows of a study where their intervals separate, and compares each with one row, seed by seed, p-values
 * corrected by Holm for all comparisons at one value of the axis. Empty in a study that names no such row.
 */
export function studyComparisons(study: Study): StudyComparison[] {
  const { against, axis } = study;
  if (against === undefined) return [];
  const values: readonly (AxisValue | undefined)[] = axis?.values ?? [undefined];
  const summaries = studySummaries(study).filter(({ row }) => row.method !== "retrain");
  return values.flatMap((value) =>
    compared(
      summaries.filter((summary) => summary.value === value),
      against,
    ),
  );
}

function compared(summaries: readonly StudySummary[], against: string): StudyComparison[] {
  const ranked = summaries.flatMap(({ row, gap: { mean, interval } }) =>
    mean === undefined || interval === undefined
      ? []
      : [[row.label, { mean, low: interval.low, high: interval.high }] as const],
  );
  const groups = ranked.length === 0 ? [] : rankGroups(Object.fromEntries(ranked), { direction: "lower" });
  const whole = summaries.filter(({ gap }) => gap.missing === 0);
  const numbers = Object.fromEntries(whole.map(({ row, gap }) => [row.label, gap.values]));
  const found = whole.length > 1 && against in numbers ? pairedComparisons(numbers, { against }) : [];
  return summaries.map((summary) => ({
    summary,
    rank: isMissing(groups) ? undefined : groups.find(({ names }) => names.includes(summary.row.label))?.rank,
    comparison: found.find(({ first }) => first === summary.row.label),
  }));
}

/** The comparisons as a table; nothing in a study that names no row to compare with. */
export function studyComparisonCells(study: Study): TableCells | undefined {
  const comparisons = studyComparisons(study);
  if (comparisons.length === 0) return undefined;
  const { against, axis, seeds } = study;
  const pairs = comparisons
    .map(({ comparison }) => comparison?.comparison)
    .find((each) => each !== undefined);
  const smallest = pairs === undefined || isMissing(pairs) ? undefined : pairs.smallestSignFlipP;
  return {
    columns: [
      "Row",
      axis === undefined ? "Sees" : axis.key,
      "Avg. Gap",
      "Rank",
      "Difference",
      "p (t)",
      "p (signs)",
    ],
    rows: comparisons.map(({ summary: { row, value, gap }, rank, comparison }) => [
      row.label,
      axis === undefined ? row.sees : String(value),
      meanCell(gap, 2),
      rank === undefined ? "-" : String(rank),
      ...differenceCells(comparison),
    ]),
    notes: [
      "Rank: a new one begins where every interval before lies apart from every interval after; rows of one rank cannot be told apart.",
      `Difference: Avg. Gap of the row minus that of "${against}", seed by seed, with its 95 % t interval. p: of the paired t test and of flipping signs, both corrected by Holm for all comparisons${axis === undefined ? "" : " at one value"}${
        smallest === undefined
          ? ""
          : `; with ${seeds.length} seeds no p of signs is below ${smallest.toPrecision(2)} before the correction`
      }.`,
      ...(comparisons.some(
        ({ summary, comparison }) => comparison === undefined && summary.row.label !== against,
      )
        ? ["A dash: a seed has no Avg. Gap, so there is nothing to pair."]
        : []),
    ],
  };
}

function differenceCells(found: CorrectedComparison | undefined): [string, string, string] {
  if (found === undefined || isMissing(found.comparison)) return ["-", "-", "-"];
  const { mean, half } = found.comparison.difference;
  const { tP, signFlipP } = found.adjusted;
  const p = (value: typeof tP): string =>
    isMissing(value) ? "-" : value < 0.001 ? "< 0.001" : value.toFixed(3);
  return [`${mean > 0 ? "+" : ""}${mean.toFixed(2)} ± ${half.toFixed(2)}`, p(tP), p(signFlipP)];
}
