import { checkConfidence, checkWhole } from "./check-numbers.ts";
import { betaQuantile } from "./distributions.ts";

/** A share with its exact interval. */
export interface ShareInterval {
  /** successes / trials. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The exact interval of a share, such as a true-positive rate: it covers at least at its nominal rate for every
 * number of trials.
 *
 * low = B(alpha/2; k, n - k + 1), high = B(1 - alpha/2; k + 1, n - k), with B the quantile of the beta distribution;
 * low is 0 where k = 0 and high is 1 where k = n.
 *
 * @param successes - k, a whole number from 0 to n.
 * @param trials - n, at least 1.
 * @param options - `confidence` is 0.95 by default.
 * @throws RangeError when a count is none or `confidence` is not between 0 and 1.
 *
 * Source: Clopper and Pearson, The use of confidence or fiducial limits, 1934; the quantile is jstat's.
 *
 * @example
 * ```ts
 * import { clopperPearson } from "@ltu/metrics";
 *
 * const { low, high } = clopperPearson(0, 10);
 * console.log(low, high.toFixed(4)); // → 0 0.3085
 * ```
 */
export function clopperPearson(
  successes: number,
  trials: number,
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): ShareInterval {
  checkConfidence("clopperPearson", confidence);
  checkWhole("clopperPearson", "trials", trials, 1);
  checkWhole("clopperPearson", "successes", successes, 0);
  if (successes > trials) {
    throw new RangeError(
      `clopperPearson: successes must be at most trials, found ${successes} of ${trials}; give counts of one set.`,
    );
  }
  const tail = (1 - confidence) / 2;
  return {
    estimate: successes / trials,
    low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    // The mirrored lower end: the upper tail's probability keeps all its digits near 0.
    high: successes === trials ? 1 : 1 - betaQuantile(tail, trials - successes, successes + 1),
  };
}
