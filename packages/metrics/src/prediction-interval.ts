import { tInterval, type TInterval, type TIntervalOptions } from "./intervals.ts";
import { isMissing, type Missing } from "./reasons.ts";

/**
 * Where the mean of further independent runs lies, by the runs there are: wider than the interval of their own mean,
 * because the new mean has noise of its own.
 *
 * mean -/+ t_{n-1, (1 + confidence)/2} * sd * sqrt(1/n + 1/m)
 *
 * @param values - One number a run, n of them.
 * @param options - `runs`: how many further runs, m, at least 1. `confidence`: as of `tInterval`.
 * @returns The interval, or a reason as of `tInterval`.
 * @throws RangeError as `tInterval`, and when `runs` is not a whole number of at least 1.
 *
 * Source: Hahn and Meeker, Statistical Intervals, 1991, chapter 4.
 *
 * @example
 * ```ts
 * import { predictionInterval } from "@ltu/metrics";
 *
 * const next = predictionInterval([2, 3, 4], { runs: 1 });
 * console.log("half" in next && `${next.mean} ± ${next.half.toFixed(2)}`); // → 3 ± 4.97
 * ```
 */
export function predictionInterval(
  values: readonly number[],
  { runs, confidence = 0.95 }: TIntervalOptions & { readonly runs: number },
): Pick<TInterval, "half" | "high" | "low" | "mean"> | Missing {
  if (!Number.isInteger(runs) || runs < 1) {
    throw new RangeError(
      `predictionInterval: runs must be a whole number of at least 1, found ${runs}; say how many further runs the mean is of.`,
    );
  }
  const own = tInterval(values, { confidence });
  if (isMissing(own)) return own;
  const half = own.tQuantile * own.sd * Math.sqrt(1 / values.length + 1 / runs);
  return { mean: own.mean, half, low: own.mean - half, high: own.mean + half };
}
