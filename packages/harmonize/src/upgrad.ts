import { checkOptionNames } from "./check-options.ts";
import { nonNegativeLeastSquares } from "./non-negative-least-squares.ts";
import { submatrix, unitGram } from "./unit-gram.ts";

/**
 * UPGrad, unconflicting projection of gradients: each gradient goes to the nearest direction that no gradient
 * points against, and the mean of those is the result, exactly.
 *
 * Mean over i of argmin |d - g_i| with <g_j, d> >= 0 for all j. That projection on the dual cone is
 * g_i + sum_j l_j g_j with the l >= 0 that minimises its norm. The result conflicts with no gradient; zero gradients
 * leave the others as they are.
 *
 * @param gram - `[k, k]` row-major, float64: <g_i, g_j>.
 * @returns The weights of the k gradients; at least 1/k each.
 *
 * Source: P. Quinton, V. Rey, "Jacobian Descent for Multi-Objective Optimization", 2024, definition of UPGrad.
 * *Differs* from TorchJD, which adds 1e-4 to the diagonal of the normalised Gramian: opposite gradients cancel here.
 *
 * @example
 * ```ts
 * import { upgrad } from "@ltu/harmonize";
 *
 * console.log(upgrad([1, -1, -1, 2])); // → [ 1, 0.75 ]
 * ```
 */
export function upgrad(gram: ArrayLike<number>, options: object = {}): number[] {
  checkOptionNames("upgrad", options, []);
  const { sizes, cosines, nonZero } = unitGram("upgrad", gram);
  const c = submatrix(cosines, nonZero);
  const weights = sizes.map(() => 1 / sizes.length);
  nonZero.forEach((i, position) => {
    const lift = nonNegativeLeastSquares(
      c,
      c.map((row) => -(row[position] as number)),
    );
    lift.forEach((amount, l) => {
      const j = nonZero[l] as number;
      const share = (amount * (sizes[i] as number)) / (sizes[j] as number) / sizes.length;
      weights[j] = (weights[j] as number) + share;
    });
  });
  return weights;
}
