import { isMissing, predictionInterval, tInterval } from "@ltu/metrics";

import type { OverSeeds } from "./over-seeds.ts";
import { studySummaries, type StudySummary } from "./study-summary.ts";
import type { AxisValue, Study } from "./study.ts";

/** A number of a stored study and what came of it when it was run again. */
export interface StudyDrift {
  readonly row: string;
  /** `undefined` without an axis. */
  readonly value: AxisValue | undefined;
  /** As in the table. */
  readonly metric: "UA" | "RA" | "TA" | "MIA" | "Avg. Gap";
  readonly stored: number;
  readonly low: number;
  readonly high: number;
  /** `undefined` where the new run has no number. */
  readonly found: number | undefined;
  readonly hasLeft: boolean;
}

const metrics = {
  UA: "ua",
  RA: "ra",
  TA: "ta",
  MIA: "miaEfficacy",
  "Avg. Gap": "gap",
} as const satisfies Record<StudyDrift["metric"], keyof StudySummary>;

/** Half a unit of the last digit that a table shows: what is printed the same is the same. */
const printed: Readonly<Record<StudyDrift["metric"], number>> = {
  UA: 0.05,
  RA: 0.05,
  TA: 0.05,
  MIA: 0.05,
  "Avg. Gap": 0.005,
};

/** Share of reproductions of a right table in which chance alone lets a number leave its interval. */
const familyError = 0.05;

/**
 * Compares a study that was run again with the stored one, number by number: the means of UA, RA, TA, MIA-efficacy and
 * Avg. Gap of every row, at every value of the axis that both have.
 *
 * At the same seeds a number must lie in its own 95 % t interval: on one engine nothing but the code can move it. At
 * fewer or other seeds it must lie in the prediction interval for so many, corrected (Bonferroni) for the count of
 * numbers, so that of right tables 95 in 100 pass.
 *
 * @returns The numbers that can be compared; those of one seed alone have no interval and are left out.
 */
export function studyDrift(stored: Study, again: Study): StudyDrift[] {
  const isSame =
    stored.seeds.length === again.seeds.length && stored.seeds.every((seed) => again.seeds.includes(seed));
  const found = studySummaries(again);
  const pairs = studySummaries(stored).flatMap((before) => {
    const after = found.find(({ row, value }) => row.label === before.row.label && value === before.value);
    if (after === undefined) return [];
    const names = Object.keys(metrics) as StudyDrift["metric"][];
    return names
      .filter((metric) => metric !== "Avg. Gap" || before.row.method !== "retrain")
      .map((metric) => ({ before, metric, was: over(before, metric), is: over(after, metric) }));
  });
  const comparable = pairs.filter(({ was }) => was.values.length > 1);
  return comparable.map(({ before, metric, was, is }) => {
    const interval = isSame
      ? tInterval(was.values)
      : predictionInterval(was.values, {
          runs: again.seeds.length,
          confidence: 1 - familyError / comparable.length,
        });
    if (isMissing(interval)) throw new RangeError(`studyDrift: ${interval.detail}.`);
    const low = interval.low - printed[metric];
    const high = interval.high + printed[metric];
    const { mean } = is;
    return {
      row: before.row.label,
      value: before.value,
      metric,
      stored: interval.mean,
      low,
      high,
      found: mean,
      hasLeft: mean === undefined || mean < low || mean > high,
    };
  });
}

function over(summary: StudySummary, metric: StudyDrift["metric"]): OverSeeds {
  return summary[metrics[metric]];
}
