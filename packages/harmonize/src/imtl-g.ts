import { EigenvalueDecomposition, LuDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";

import { LtuError } from "@ltu/core";

import { checkOptionNames } from "./check-options.ts";
import { dependent, submatrix, unitGram } from "./unit-gram.ts";

/** Options of {@link imtlG}. */
export interface ImtlGOptions {
  /** What to do with dependent gradients, where the two forms part; default `"pseudoInverse"`. */
  readonly form?: "pseudoInverse" | "closedForm" | undefined;
}

const forms = ["pseudoInverse", "closedForm"] as const;

/**
 * IMTL-G, impartial multi-task learning: the combination whose projections on all gradients are equally long.
 *
 * - `pseudoInverse`: w = v / sum(v), v = pinv(G) sqrt(diag G); 0 where sum(v) vanishes.
 * - `closedForm`: (w_2 ... w_k) = g_1 U^T (D U^T)^-1 and w_1 = 1 - sum of the others, with rows g_1 - g_i in D and
 *   u_1 - u_i in U, u_i = g_i / |g_i|. Where D U^T is singular, as with two parallel gradients, `pseudoInverse` stands in.
 *
 * Both agree for independent gradients. For two opposite ones only `closedForm` keeps the projections equal: it is 0.
 * Zero gradients get weight 0 and leave the others as they are.
 *
 * @param gram - `[k, k]` row-major, float64: <g_i, g_j>.
 * @returns The weights of the k gradients; their sum is 1, or all are 0. They can be negative.
 * @throws LtuError `OPTION` for an unknown form.
 *
 * Source: L. Liu et al., "Towards Impartial Multi-task Learning", ICLR 2021, closed form of IMTL-G; with the
 * pseudo-inverse as in P. Quinton, V. Rey, 2024, and TorchJD, `aggregation/_imtl_g.py`, commit 46962c2. *Differs*:
 * dependence is judged on the cosines, so that it does not change with the norms.
 *
 * @example
 * ```ts
 * import { imtlG } from "@ltu/harmonize";
 *
 * console.log(imtlG([1, 0, 0, 4]).map((weight) => weight.toFixed(3))); // → [ '0.667', '0.333' ]
 * ```
 */
export function imtlG(gram: ArrayLike<number>, options: ImtlGOptions = {}): number[] {
  checkOptionNames("imtlG", options, ["form"]);
  const { form = "pseudoInverse" } = options;
  if (!forms.includes(form)) {
    throw new LtuError(
      "OPTION",
      `imtlG: form must be one of ${forms.join(", ")}, found "${String(form)}"; choose one of them.`,
    );
  }
  const { sizes, cosines, nonZero } = unitGram("imtlG", gram);
  const weights = sizes.map(() => 0);
  if (nonZero.length === 0) return weights;
  const c = submatrix(cosines, nonZero);
  const own = nonZero.map((i) => sizes[i] as number);
  const shares = (form === "closedForm" ? closedForm(c, own) : undefined) ?? pseudoInverseForm(c, own);
  nonZero.forEach((i, n) => (weights[i] = shares[n] as number));
  return weights;
}

/** v / sum(v) with v = pinv(G) sqrt(diag G), or zeros. */
function pseudoInverseForm(c: readonly (readonly number[])[], sizes: readonly number[]): number[] {
  const directions = new EigenvalueDecomposition(new Matrix(c as number[][]), { assumeSymmetric: true });
  const rank = directions.realEigenvalues.filter((value) => value > dependent * sizes.length).length;
  const v = rank === sizes.length ? inverseTimesSizes(c, sizes) : pseudoInverseTimesSizes(c, sizes, rank);
  const total = v.reduce((sum, value) => sum + value, 0);
  // Relative to the largest gradient, in which the sizes are measured.
  return v.map((value) => (Math.abs(total) < 1e-12 ? 0 : value / total));
}

/** G^-1 sqrt(diag G) = N^-1 C^-1 1 with N the norms: well conditioned whatever they are. */
function inverseTimesSizes(c: readonly (readonly number[])[], sizes: readonly number[]): number[] {
  const solution = new LuDecomposition(new Matrix(c as number[][])).solve(Matrix.ones(sizes.length, 1));
  return sizes.map((size, i) => solution.get(i, 0) / size);
}

function pseudoInverseTimesSizes(
  c: readonly (readonly number[])[],
  sizes: readonly number[],
  rank: number,
): number[] {
  const gram = c.map((row, i) =>
    row.map((cosine, j) => cosine * ((sizes[i] as number) * (sizes[j] as number))),
  );
  // Eigenvalues come in ascending order.
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(gram), {
    assumeSymmetric: true,
  });
  const v = sizes.map(() => 0);
  for (let e = sizes.length - rank; e < sizes.length; e++) {
    const vector = eigenvectorMatrix.getColumn(e);
    const along = vector.reduce((sum, entry, i) => sum + entry * (sizes[i] as number), 0);
    vector.forEach((entry, i) => {
      v[i] = (v[i] as number) + (entry * along) / (realEigenvalues[e] as number);
    });
  }
  return v;
}

/** The published closed form, or undefined where its matrix is singular. */
function closedForm(c: readonly (readonly number[])[], sizes: readonly number[]): number[] | undefined {
  if (sizes.length === 1) return [1];
  const first = sizes[0] as number;
  const withFirst = c[0] as readonly number[];
  const others = sizes.slice(1);
  // <g_1, u_1 - u_j> for j = 2 ... k, and column i of the equations: <g_1 - g_i, u_1 - u_j>.
  const target = others.map((_, j) => first * (1 - (withFirst[j + 1] as number)));
  // A column is as large as its gradients; over that size, singular is a matter of directions alone.
  const scales = others.map((size) => Math.max(first, size));
  const equations = new Matrix(
    target.map((projection, j) =>
      others.map(
        (size, i) =>
          (projection - size * ((withFirst[i + 1] as number) - (c[i + 1]?.[j + 1] as number))) /
          (scales[i] as number),
      ),
    ),
  );
  const singularValues = new SingularValueDecomposition(equations, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  }).diagonal;
  if (Math.min(...singularValues) <= dependent * sizes.length) return undefined;
  const solution = new LuDecomposition(equations).solve(Matrix.columnVector(target));
  const rest = scales.map((scale, i) => solution.get(i, 0) / scale);
  return [1 - rest.reduce((sum, share) => sum + share, 0), ...rest];
}
