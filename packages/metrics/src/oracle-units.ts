import { checkConfidence, checkNumbers } from "./check-numbers.ts";
import { studentQuantile, studentTwoSidedP } from "./distributions.ts";
import { moments } from "./moments.ts";
import type { Missing } from "./reasons.ts";

/** Where a value lies among those of retrained models. */
export interface OracleUnits {
  /** (value - mean) / sd of the oracles; 0 is their mean, and neither direction is good. */
  readonly sds: number;
  readonly mean: number;
  /** Standard deviation of the oracles' values, with n - 1 in its denominator. */
  readonly sd: number;
  /** Where one more oracle would lie, at the asked confidence. */
  readonly low: number;
  readonly high: number;
  /** Whether the value lies there: nothing tells it from one more oracle's. */
  readonly within: boolean;
  /** The chance that one more oracle lies at least as far from their mean: two-sided, for corrections over many values. */
  readonly p: number;
  readonly oracles: number;
}

/**
 * A value in standard deviations of the oracles.
 *
 * low, high = mean -/+ t_{k-1} sd sqrt(1 + 1/k) over k oracles: the interval for one more of them
 *
 * @param value - A metric of an unlearned model.
 * @param oracles - The same metric of independently retrained models.
 * @param options - `confidence` is 0.95 by default.
 * @returns The distance and the band, or a reason: `TOO_FEW_MODELS` below two oracles, `DEGENERATE` where all of them
 * have one value, or float64 cannot hold their spread.
 * @throws RangeError when a number is not finite.
 *
 * @example
 * ```ts
 * import { inOracleUnits } from "@ltu/metrics";
 *
 * const found = inOracleUnits(9, [4, 5, 6]);
 * console.log("sds" in found && found.sds, "within" in found && found.within); // → 4 true
 * // Three oracles do not say much: one more of them may lie 4.97 away from their mean.
 * console.log("high" in found && (found.high - found.mean).toFixed(2)); // → 4.97
 * ```
 */
export function inOracleUnits(
  value: number,
  oracles: ArrayLike<number>,
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): OracleUnits | Missing {
  checkConfidence("inOracleUnits", confidence);
  checkNumbers("inOracleUnits", "value", [value]);
  checkNumbers("inOracleUnits", "oracles", oracles);
  const k = oracles.length;
  if (k < 2) return { reason: "TOO_FEW_MODELS", detail: `at least 2 oracles are needed, found ${k}` };
  const { mean, sd } = moments(oracles);
  if (!Number.isFinite(sd)) {
    return { reason: "DEGENERATE", detail: "the numbers lie too far apart for float64" };
  }
  const sds = (value - mean) / sd;
  if (!Number.isFinite(sds))
    return { reason: "DEGENERATE", detail: `all ${k} oracles have the value ${mean}` };
  const half = studentQuantile((1 + confidence) / 2, k - 1) * sd * Math.sqrt(1 + 1 / k);
  return {
    sds,
    mean,
    sd,
    low: mean - half,
    high: mean + half,
    within: Math.abs(value - mean) <= half,
    p: studentTwoSidedP(sds / Math.sqrt(1 + 1 / k), k - 1),
    oracles: k,
  };
}
