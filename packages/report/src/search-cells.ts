import { metricDefinitions } from "@ltu/metrics";

import { isMissing, type Reading } from "./reasons.ts";
import type { RowMetrics } from "./result.ts";
import {
  searchCost,
  searchGap,
  type Search,
  type SearchRange,
  type SearchRow,
  type SearchSpace,
} from "./search.ts";
import type { TableCells } from "./table-cells.ts";

/** One line a row: where it was searched, what was chosen, what that took. */
export function searchCells(search: Search): TableCells {
  const costs = search.rows.map(searchCost);
  const untimed = costs.reduce((sum, cost) => sum + cost.untimed, 0);
  const failed = costs.reduce((sum, cost) => sum + cost.failed, 0);
  const runs = sumOf(search.rows.flatMap(({ trials }) => trials.map(({ seeds }) => seeds.length)));
  const total = (of: "imagesForward" | "imagesBackward" | "seconds"): string =>
    count(Math.round(sumOf(costs.map((cost) => cost[of]))));
  return {
    columns: [
      "Row",
      "Published",
      "Searched",
      "Tried",
      "Chosen",
      "Avg. Gap",
      "Forward",
      "Backward",
      "Seconds",
    ],
    rows: search.rows.map((row, i) => [
      row.label,
      row.published.what === "none" ? "-" : spaceText(row.published),
      spaceText(row),
      `${row.trials.length}`,
      "reason" in row.choice ? "none" : chosenText(row),
      "reason" in row.choice ? "n/a" : row.choice.meanGap.toFixed(2),
      count(costs[i]?.imagesForward ?? 0),
      count(costs[i]?.imagesBackward ?? 0),
      count(Math.round(costs[i]?.seconds ?? 0)),
    ]),
    notes: [
      `${metricDefinitions.avgGap.label}: mean over the pilot seeds ${search.seeds.join(", ")}, with validation images in place of test images; no number of a report. Rule: ${search.rule}.`,
      `Searching took ${total("imagesForward")} images forward, ${total("imagesBackward")} back and ${total("seconds")} seconds over ${count(runs)} runs, measuring included; originals, retrained models and the fitting of attacks, once a seed, are not in it.`,
      ...(failed === 0 ? [] : [`${failed} runs diverged; what they saw is not in the sums.`]),
      ...(untimed === 0 ? [] : [`Of ${untimed} runs the seconds were not noted.`]),
      ...search.notes,
    ],
    textColumns: 3,
  };
}

/** Every configuration of one row, in the order they were drawn. */
export function trialCells(row: SearchRow, search: Search): TableCells {
  const searched = Object.keys(row.ranges);
  const { seeds, retrain } = search;
  return {
    columns: [
      "#",
      ...searched,
      ...seeds.map((seed) => `gap ${seed}`),
      "mean",
      "UA",
      "RA",
      "TA val",
      "MIA",
      "",
    ],
    rows: [
      ["", ...searched.map(() => ""), ...seeds.map(() => "0.00"), "0.00", ...means(retrain), "retrain"],
      ...row.trials.map((trial, i) => {
        const gaps = trial.seeds.map((reading) => searchGap(reading, search));
        const numbers = gaps.filter((gap) => typeof gap === "number");
        const measured = trial.seeds.filter((reading) => "metrics" in reading);
        return [
          String(i + 1),
          ...searched.map((option) => String(trial.options[option])),
          ...seeds.map((_, s) => gapText(gaps[s])),
          numbers.length < seeds.length ? "-" : (sumOf(numbers) / gaps.length).toFixed(2),
          ...means(measured),
          "index" in row.choice && row.choice.index === i ? "chosen" : "",
        ];
      }),
    ],
    notes: [],
    textColumns: 0,
  };
}

/** A gap, why there is none, or a dash where none was asked for. */
function gapText(gap: ReturnType<typeof searchGap> | undefined): string {
  if (gap === undefined) return "-";
  return typeof gap === "number" ? gap.toFixed(2) : gap.reason.toLowerCase();
}

/** `lr 0.001 to 0.5 (log), epochs 10`. */
export function spaceText({ ranges, fixed }: SearchSpace): string {
  return [
    ...Object.entries(ranges).map(([option, range]) => `${option} ${rangeText(range)}`),
    ...Object.entries(fixed).map(([option, value]) => `${option} ${String(value)}`),
  ].join(", ");
}

/** The searched options of the chosen configuration. */
export function chosenText({ ranges, choice }: SearchRow): string {
  if ("reason" in choice) return `none: ${choice.reason}`;
  return Object.keys(ranges)
    .map((option) => `${option} ${String(choice.options[option])}`)
    .join(", ");
}

function rangeText(range: SearchRange): string {
  if (range.scale === "choice") return range.values.map(String).join(" or ");
  return `${range.from} to ${range.to} (${range.scale})`;
}

/** Means over seeds of the four parts of Avg. Gap; a dash where no seed has a number. */
function means(measured: readonly { readonly metrics: RowMetrics }[]): string[] {
  return (["ua", "ra", "ta", "miaEfficacy"] as const).map((key) => {
    const readings: readonly Reading[] = measured.map(({ metrics }) => metrics[key]);
    const numbers = readings.filter((reading) => !isMissing(reading)) as readonly number[];
    return numbers.length === 0 ? "-" : (sumOf(numbers) / numbers.length).toFixed(2);
  });
}

const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const count = (value: number): string => value.toLocaleString("en");
