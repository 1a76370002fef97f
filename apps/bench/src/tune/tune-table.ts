import { isMissing, type Reading, type RowMetrics } from "@ltu/report";
import Table from "cli-table3";

import { gapOf, type Trial, type Tune, type TunedMethod } from "./assemble-tune.ts";

/** The trials of a search for a terminal: one table for each method, its choice below it. */
export function tuneTable(tune: Tune): string {
  return tune.methods.map((method) => methodTable(method, tune)).join("\n\n");
}

function methodTable(tuned: TunedMethod, { seeds, retrain }: Tune): string {
  const { method, grid, trials, choice } = tuned;
  const searched = Object.keys(grid.ranges);
  const table = new Table({
    head: [
      "#",
      ...searched,
      ...seeds.map((seed) => `gap ${seed}`),
      "mean gap",
      "UA",
      "RA",
      "TA val",
      "MIA",
      "",
    ],
    colAligns: [
      "right",
      ...Array.from({ length: searched.length + seeds.length + 5 }, () => "right" as const),
    ],
    style: { head: [], border: [], compact: true },
  });
  const oracle = meansOf(retrain.map(({ metrics }) => metrics));
  table.push(["", ...searched.map(() => ""), ...seeds.map(() => "0.00"), "0.00", ...oracle, "retrain"]);
  trials.forEach(({ options, seeds: runs }, i) => {
    const gaps = runs.map(gapOf);
    const whole = gaps.filter((gap) => typeof gap === "number");
    const mean = whole.length < gaps.length ? "-" : fixed(whole.reduce((a, b) => a + b, 0) / whole.length);
    table.push([
      String(i + 1),
      ...searched.map((option) => String(options[option])),
      ...gaps.map((gap) => (typeof gap === "number" ? fixed(gap) : gap.reason.toLowerCase())),
      mean,
      ...meansOf(runs.flatMap((run: Trial) => ("metrics" in run ? [run.metrics] : []))),
      "index" in choice && choice.index === i ? "chosen" : "",
    ]);
  });
  return [`${method}`, table.toString(), chosen(tuned), costOf(tuned), `range: ${grid.source}`].join("\n");
}

function chosen({ method, choice }: TunedMethod): string {
  if ("reason" in choice) return `chosen: none; ${choice.reason}`;
  const { index, options, meanGap, tried, failed } = choice;
  return `chosen: ${method} ${index + 1}, ${JSON.stringify(options)}, mean Avg. Gap ${fixed(meanGap)} on validation images; ${tried} tried, ${failed} failed`;
}

/** What the search itself took: it belongs to what a method costs. */
function costOf({ trials }: TunedMethod): string {
  const costs = trials.flatMap(({ seeds }) => seeds.flatMap((run) => ("cost" in run ? [run.cost] : [])));
  const total = (name: "imagesForward" | "imagesBackward"): string =>
    costs.reduce((sum, cost) => sum + cost[name], 0).toLocaleString("en");
  return `search: ${total("imagesForward")} images forward and ${total("imagesBackward")} back, runs that failed left out`;
}

const fixed = (value: number): string => value.toFixed(2);

function meansOf(metrics: readonly RowMetrics[]): string[] {
  const mean = (name: "ua" | "ra" | "ta" | "miaEfficacy"): string => {
    const readings: readonly Reading[] = metrics.map((each) => each[name]);
    const numbers = readings.filter((reading) => !isMissing(reading)) as readonly number[];
    if (numbers.length === 0) return "-";
    return fixed(numbers.reduce((a, b) => a + b, 0) / numbers.length);
  };
  return (["ua", "ra", "ta", "miaEfficacy"] as const).map(mean);
}
