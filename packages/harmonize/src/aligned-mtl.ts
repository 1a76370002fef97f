import { EigenvalueDecomposition, Matrix } from "ml-matrix";

import { checkOptionNames } from "./check-options.ts";
import { unitGram } from "./unit-gram.ts";

/** The spacing of float32 numbers at 1; the reference cuts eigenvalues at k times this share of the largest. */
const float32Epsilon = 2 ** -23;

/**
 * AlignedMTL, independent component alignment: the gradients turned into orthogonal ones of the smallest kept size,
 * and their mean.
 *
 * w = B 1/k with B = sqrt(l_min) V diag(1 / sqrt(l)) V^T over the eigenvalues l > k 2^-23 l_max of G = V diag(l) V^T.
 * Zero gradients are left out by that cut; when all are zero, w = 1/k.
 *
 * @param gram - `[k, k]` row-major, float64: <g_i, g_j>.
 * @returns The weights of the k gradients.
 *
 * Source: D. Senushkin et al., "Independent Component Alignment for Multi-Task Learning", CVPR 2023, Algorithm 1;
 * TorchJD, `aggregation/_aligned_mtl.py`, commit 46962c2, which takes the mean. The authors' code and LibMTL take the
 * sum: k times this.
 *
 * @example
 * ```ts
 * import { alignedMtl } from "@ltu/harmonize";
 *
 * console.log(alignedMtl([1, 0, 0, 4]).map((weight) => weight.toFixed(3))); // → [ '0.500', '0.250' ]
 * ```
 */
export function alignedMtl(gram: ArrayLike<number>, options: object = {}): number[] {
  checkOptionNames("alignedMtl", options, []);
  const { sizes, cosines, nonZero } = unitGram("alignedMtl", gram);
  const count = sizes.length;
  if (nonZero.length === 0) return sizes.map(() => 1 / count);
  const relative = cosines.map((row, i) =>
    row.map((cosine, j) => cosine * ((sizes[i] as number) * (sizes[j] as number))),
  );
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(relative), {
    assumeSymmetric: true,
  });
  const cut = Math.max(...realEigenvalues) * count * float32Epsilon;
  const smallest = Math.min(...realEigenvalues.filter((value) => value > cut));
  const weights = sizes.map(() => 0);
  realEigenvalues.forEach((value, e) => {
    if (value <= cut) return;
    const vector = eigenvectorMatrix.getColumn(e);
    const along = vector.reduce((sum, entry) => sum + entry, 0) / count;
    vector.forEach((entry, i) => {
      weights[i] = (weights[i] as number) + Math.sqrt(smallest / value) * along * entry;
    });
  });
  return weights;
}
