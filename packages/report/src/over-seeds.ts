import { tInterval, type TInterval } from "@ltu/metrics";

import { isMissing, type Reading } from "./reasons.ts";

/** A quantity over the seeds of a study. */
export interface OverSeeds {
  /** The numbers there are. */
  readonly values: readonly number[];
  /** `undefined` where there is no number. */
  readonly mean: number | undefined;
  /** The t interval, from two numbers on. */
  readonly interval: TInterval | undefined;
  /** How many seeds have no number. */
  readonly missing: number;
}

/** Mean and interval of a quantity over seeds; seeds without a number are counted and left out. */
export function overSeeds(readings: readonly (Reading | undefined)[]): OverSeeds {
  const values = readings.filter((reading) => typeof reading === "number");
  const found = tInterval(values);
  return {
    values,
    mean: values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length,
    interval: "reason" in found ? undefined : found,
    missing: readings.filter((reading) => reading === undefined || isMissing(reading)).length,
  };
}

/** `2.1 ± 0.8`: mean and half the width of its interval; the mean alone where one seed has no spread. */
export function meanCell({ mean, interval }: OverSeeds, digits: number, sign = false): string {
  if (mean === undefined) return "n/a";
  const rounded = mean.toFixed(digits).replace(/^-(0(?:\.0+)?)$/, "$1");
  const shown = `${sign && Number(rounded) > 0 ? "+" : ""}${rounded}`;
  return interval === undefined ? shown : `${shown} ± ${interval.half.toFixed(digits)}`;
}
