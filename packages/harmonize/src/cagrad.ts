import { LtuError } from "@ltu/core";

import { checkOptionNames } from "./check-options.ts";
import { minimumNormWeights } from "./mgda.ts";
import { nonNegativeLeastSquares } from "./non-negative-least-squares.ts";
import { dependent, submatrix, unitGram, type UnitGram } from "./unit-gram.ts";

/** Options of {@link cagrad}. */
export interface CagradOptions {
  /** How far the result may lie from the mean gradient, as a multiple of its norm; at least 0, default 0.5. */
  readonly c?: number | undefined;
  /** Divides the result: 0 by nothing (default, the paper), 1 by 1 + c^2 (default of the authors' code), 2 by 1 + c. */
  readonly rescale?: 0 | 1 | 2 | undefined;
}

/**
 * CAGrad, conflict-averse gradient descent: within a ball around the mean gradient, the direction whose worst
 * agreement with the gradients is best, exactly.
 *
 * max over |d - g_0| <= c |g_0| of min_i <g_i, d>, g_0 the mean. Its solution d = g_0 + c |g_0| g_w / |g_w| has the w of
 * the simplex that minimises <g_w, g_0> + c |g_0| |g_w|. Where g_w = 0 (always with a zero gradient that nobody else
 * forces out) the formula is undefined and the mean gradient is returned, as the small constant in the authors' code does.
 *
 * @param gram - `[k, k]` row-major, float64: <g_i, g_j>.
 * @returns The weights of the k gradients.
 * @throws LtuError `OPTION` for c or rescale out of range.
 *
 * Source: B. Liu et al., "Conflict-Averse Gradient Descent for Multi-task Learning", NeurIPS 2021, equation 4;
 * Cranial-XIX/CAGrad, commit dc3d481. *Differs*: solved exactly instead of by a general-purpose optimizer.
 *
 * @example
 * ```ts
 * import { cagrad } from "@ltu/harmonize";
 *
 * console.log(cagrad([1, -1, -1, 2]).map((weight) => weight.toFixed(3))); // → [ '0.750', '0.500' ]
 * ```
 */
export function cagrad(gram: ArrayLike<number>, options: CagradOptions = {}): number[] {
  checkOptionNames("cagrad", options, ["c", "rescale"]);
  const { c = 0.5, rescale = 0 } = options;
  if (!Number.isFinite(c) || c < 0) {
    throw new LtuError("OPTION", `cagrad: c must be a number of at least 0, found ${c}; 0.5 is usual.`);
  }
  if (![0, 1, 2].includes(rescale)) {
    throw new LtuError(
      "OPTION",
      `cagrad: rescale must be 0, 1 or 2, found ${String(rescale)}; choose one of them.`,
    );
  }
  const unit = unitGram("cagrad", gram);
  const divisor = [1, 1 + c * c, 1 + c][rescale] as number;
  const mean = 1 / unit.sizes.length;
  return stepFromMean(unit, c).map((step) => (mean + step) / divisor);
}

/**
 * The weights of d - g_0.
 *
 * For a wanted agreement v the shortest step from g_0 to <g_i, d> >= v for all i is a non-negative least squares
 * problem, with length D(v). The answer is the v with D(v) = c |g_0|. D is convex and grows, with D' = e^T y / D, so
 * Newton's method from above goes down to it without overshooting.
 */
function stepFromMean(unit: UnitGram, c: number): number[] {
  const { sizes, cosines, nonZero } = unit;
  const none = sizes.map(() => 0);
  const q = submatrix(cosines, nonZero);
  const own = nonZero.map((i) => sizes[i] as number);
  // Agreements of the directions g_i / |g_i| with g_0.
  const withMean = q.map((row) => dot(row, own) / sizes.length);
  const meanSquared = dot(withMean, own) / sizes.length;
  if (meanSquared <= dependent * (sum(own) / sizes.length) ** 2) return none;
  const radius = c * Math.sqrt(meanSquared);
  if (radius === 0) return none;

  const e = own.map((size) => 1 / size);
  const stepFor = (agreement: number): { y: number[]; length: number } => {
    const y = nonNegativeLeastSquares(
      q,
      e.map((inverse, i) => agreement * inverse - (withMean[i] as number)),
    );
    return { y, length: Math.sqrt(Math.max(0, dot(y, times(q, y)))) };
  };

  const { atOrigin, bound } = shortestInHull(unit, { withMean, radius });
  // With the origin in the hull no direction agrees with all; where 0 is within reach, g_w = 0.
  if (atOrigin && stepFor(0).length <= radius) return none;
  let agreement = Math.min(bound, ...own.map((size, i) => size * ((withMean[i] as number) + radius)));
  let step = stepFor(agreement);
  for (let round = 0; round < 100 && step.length > radius; round++) {
    const next = agreement - ((step.length - radius) * step.length) / dot(e, step.y);
    if (!(next < agreement)) break;
    agreement = next;
    step = stepFor(agreement);
  }
  if (step.length === 0) return none;
  const result = none.slice();
  nonZero.forEach((i, n) => (result[i] = ((step.y[n] as number) * (e[n] as number) * radius) / step.length));
  return result;
}

/** Whether the origin lies in the hull of the gradients, and the value of the minimised function at its nearest point. */
function shortestInHull(
  unit: UnitGram,
  { withMean, radius }: { readonly withMean: readonly number[]; readonly radius: number },
): { atOrigin: boolean; bound: number } {
  if (unit.nonZero.length < unit.sizes.length) return { atOrigin: true, bound: 0 };
  const y = minimumNormWeights(unit).map((weight, i) => weight * (unit.sizes[i] as number));
  const squared = Math.max(0, dot(y, times(unit.cosines, y)));
  const atOrigin = squared <= dependent * sum(y) ** 2;
  return { atOrigin, bound: atOrigin ? 0 : dot(y, withMean) + radius * Math.sqrt(squared) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, value, i) => total + value * (b[i] as number), 0);
const times = (matrix: readonly (readonly number[])[], vector: readonly number[]): number[] =>
  matrix.map((row) => dot(row, vector));
