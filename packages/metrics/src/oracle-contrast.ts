import { checkConfidence, checkNumbers } from "./check-numbers.ts";
import { studentQuantile } from "./distributions.ts";
import { moments } from "./moments.ts";
import type { Missing } from "./reasons.ts";

/** How far original and retrained models are apart in one metric: the room that unlearning has. */
export interface OracleContrast {
  /** Mean of the originals less mean of the oracles. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** False where the interval holds 0: the cell has no signal, cannot tell methods apart, and ranks nothing. */
  readonly signal: boolean;
  readonly originals: number;
  readonly oracles: number;
}

/**
 * Whether a metric tells original from retrained models at all; if not, its cell is marked "no signal".
 *
 * Welch's t interval of the difference of means; with one original, the spread of the oracles stands for both sides.
 *
 * @param originals - The metric of each original model, of other seeds each.
 * @param oracles - The metric of each retrained model.
 * @param options - `confidence` is 0.95 by default.
 * @returns The difference with its interval, or a reason: `TOO_FEW_MODELS` where no side has two models,
 * `DEGENERATE` where float64 cannot hold the difference or a spread.
 * @throws RangeError when a side is empty or a number is not finite.
 *
 * Source: Welch, The generalization of "Student's" problem, 1947.
 *
 * @example
 * ```ts
 * import { oracleContrast } from "@ltu/metrics";
 *
 * const none = oracleContrast([95.1], [94.8, 95.4, 95.3]);
 * console.log("signal" in none && none.signal); // → false
 * const some = oracleContrast([100], [94.8, 95.4, 95.3]);
 * console.log("signal" in some && some.signal); // → true
 * ```
 */
export function oracleContrast(
  originals: ArrayLike<number>,
  oracles: ArrayLike<number>,
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): OracleContrast | Missing {
  checkConfidence("oracleContrast", confidence);
  checkNumbers("oracleContrast", "originals", originals);
  checkNumbers("oracleContrast", "oracles", oracles);
  const [m, k] = [originals.length, oracles.length];
  if (m < 2 && k < 2) {
    return { reason: "TOO_FEW_MODELS", detail: "one original and one oracle have no spread to measure by" };
  }
  const [first, second] = [moments(originals), moments(oracles)];
  const difference = first.mean - second.mean;
  if (![difference, first.sd, second.sd].every(Number.isFinite)) {
    return { reason: "DEGENERATE", detail: "the numbers lie too far apart for float64" };
  }
  const half = studentHalf({ sd: first.sd, n: m }, { sd: second.sd, n: k }, confidence);
  const [low, high] = [difference - half, difference + half];
  return { difference, low, high, signal: low > 0 || high < 0, originals: m, oracles: k };
}

interface Side {
  readonly sd: number;
  readonly n: number;
}

/** Half the width of the interval of a difference of two means. */
function studentHalf(a: Side, b: Side, confidence: number): number {
  // One model has no spread of its own: the other side's counts for it.
  const [sdA, sdB] = [a.n < 2 ? b.sd : a.sd, b.n < 2 ? a.sd : b.sd];
  const scale = Math.max(sdA, sdB);
  if (scale === 0) return 0;
  const [partA, partB] = [(sdA / scale) ** 2 / a.n, (sdB / scale) ** 2 / b.n];
  const degrees =
    a.n < 2 || b.n < 2
      ? Math.max(a.n, b.n) - 1
      : (partA + partB) ** 2 / (partA ** 2 / (a.n - 1) + partB ** 2 / (b.n - 1));
  return studentQuantile((1 + confidence) / 2, degrees) * Math.sqrt(partA + partB) * scale;
}
