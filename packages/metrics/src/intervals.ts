import { checkConfidence } from "./check-numbers.ts";
import { studentQuantile } from "./distributions.ts";
import { moments } from "./moments.ts";
import type { Missing } from "./reasons.ts";

/** A mean over independent runs with its confidence interval. */
export interface TInterval {
  readonly mean: number;
  /** Standard deviation of the values, with n - 1 in its denominator. */
  readonly sd: number;
  /** Standard error of the mean, sd / sqrt(n). */
  readonly sem: number;
  /** Quantile of Student's t with n - 1 degrees of freedom. */
  readonly tQuantile: number;
  /** Ends of the interval, `mean` -/+ `tQuantile` times `sem`; they may lie outside the metric's range. */
  readonly low: number;
  readonly high: number;
  /** Half the interval's width. */
  readonly half: number;
}

/** Options of {@link tInterval}. */
export interface TIntervalOptions {
  /** Share of repetitions whose interval holds the true mean, between 0 and 1; 0.95 by default. */
  readonly confidence?: number;
}

/**
 * The mean of a few independent runs and Student's t interval for it.
 *
 * mean -/+ t_{n-1, (1 + confidence)/2} * sd / sqrt(n)
 *
 * @param values - One number a run (a seed), such as Avg. Gap.
 * @returns The interval, or a reason: `TOO_FEW_RUNS` when there are fewer than two values, for one run says nothing of the
 * spread; `DEGENERATE` when float64 cannot hold their spread.
 * @throws RangeError when a value is not finite or `confidence` is not between 0 and 1.
 *
 * Source: Student, The Probable Error of a Mean, 1908; the quantile is jstat's.
 *
 * @example
 * ```ts
 * import { tInterval } from "@ltu/metrics";
 *
 * const gaps = tInterval([2, 3, 4]);
 * console.log("mean" in gaps && `${gaps.mean} ± ${gaps.half.toFixed(2)}`); // → 3 ± 2.48
 * console.log("reason" in tInterval([2])); // → true
 * ```
 */
export function tInterval(
  values: readonly number[],
  { confidence = 0.95 }: TIntervalOptions = {},
): TInterval | Missing {
  checkConfidence("tInterval", confidence);
  const notFinite = values.findIndex((value) => !Number.isFinite(value));
  if (notFinite >= 0) {
    throw new RangeError(
      `tInterval: values must be finite, found ${values[notFinite]} at ${notFinite}; leave out runs without a number.`,
    );
  }
  const n = values.length;
  if (n < 2) return { reason: "TOO_FEW_RUNS", detail: `an interval needs at least two, found ${n}` };
  const { mean, sd } = moments(values);
  if (!Number.isFinite(sd)) {
    return { reason: "DEGENERATE", detail: "the numbers lie too far apart for float64" };
  }
  const sem = sd / Math.sqrt(n);
  const tQuantile = studentQuantile((1 + confidence) / 2, n - 1);
  const half = tQuantile * sem;
  return { mean, sd, sem, tQuantile, low: mean - half, high: mean + half, half };
}

/** Whether two intervals have no point in common. Only then may a text say that one mean is above the other. */
export function areSeparate(a: Pick<TInterval, "low" | "high">, b: Pick<TInterval, "low" | "high">): boolean {
  return a.high < b.low || b.high < a.low;
}
