import { checkOptionNames } from "./check-options.ts";
import { nonNegativeLeastSquares } from "./non-negative-least-squares.ts";
import { submatrix, unitGram, type UnitGram } from "./unit-gram.ts";

/**
 * MGDA, the multiple-gradient descent algorithm: the shortest vector in the convex hull of the gradients, exactly.
 *
 * min |sum_i w_i g_i|^2 over w >= 0, sum_i w_i = 1. The result d has <g_i, d> >= |d|^2 for every i. A zero gradient
 * makes it zero, as do gradients whose hull holds the origin: then no direction helps all.
 *
 * @param gram - `[k, k]` row-major, float64: <g_i, g_j>.
 * @returns The weights of the k gradients; at least 0, with sum 1. Not unique where gradients are dependent.
 *
 * Source: J.-A. Désidéri, "Multiple-gradient descent algorithm (MGDA) for multiobjective optimization", 2012.
 * *Differs* from TorchJD, which stops after 100 Frank-Wolfe steps.
 *
 * @example
 * ```ts
 * import { mgda } from "@ltu/harmonize";
 *
 * console.log(mgda([1, -1, -1, 2]).map((weight) => weight.toFixed(3))); // → [ '0.600', '0.400' ]
 * ```
 */
export function mgda(gram: ArrayLike<number>, options: object = {}): number[] {
  checkOptionNames("mgda", options, []);
  return minimumNormWeights(unitGram("mgda", gram));
}

/**
 * The weights of the shortest vector in the hull.
 *
 * With y_i = w_i |g_i| and b_i = 1/|g_i|: minimising y^T C y + (b^T y - 1)^2 over y >= 0 gives a positive multiple of
 * the wanted y. For y = s v with b^T v = 1 the best s leaves |v|^2 / (1 + |v|^2), which grows with |v|.
 */
export function minimumNormWeights({ sizes, cosines, nonZero }: UnitGram): number[] {
  if (nonZero.length < sizes.length) {
    const zero = sizes.indexOf(0);
    return sizes.map((_, i) => (i === zero ? 1 : 0));
  }
  // Measured in the smallest gradient every b is at most 1, so no gradient drowns in another one's rounding.
  const smallest = Math.min(...sizes);
  const b = sizes.map((size) => smallest / size);
  const q = submatrix(cosines, nonZero).map((row, i) =>
    row.map((cosine, j) => cosine + (b[i] as number) * (b[j] as number)),
  );
  const shares = nonNegativeLeastSquares(q, b).map((y, i) => y * (b[i] as number));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}
