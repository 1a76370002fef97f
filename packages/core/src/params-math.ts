import {
  abs,
  add,
  addN,
  cast,
  clone,
  div,
  equal,
  max,
  mul,
  scalar,
  stack,
  sum,
  tidy,
  zerosLike,
  type Scalar,
  type Tensor,
} from "@tensorflow/tfjs-core";

import { mapParams, zipParams, type Params } from "./params.ts";

/**
 * The inner product of two parameter trees over the concatenation of all their tensors.
 *
 * Each tensor is divided by its largest magnitude before the float32 products are summed, and the scales are
 * multiplied back in float64, so that trees of size 1e-20 and 1e20 keep their inner product.
 *
 * @returns The inner product as a float64 number.
 * @throws LtuError `SHAPE` when the names differ.
 */
export async function dotParams(a: Params, b: Params): Promise<number> {
  const products = await pairwiseDots([a, b], [[0, 1]]);
  return products[0] as number;
}

/** The Euclidean norm of a parameter tree, scale-free like {@link dotParams}. */
export async function normParams(a: Params): Promise<number> {
  const products = await pairwiseDots([a], [[0, 0]]);
  return Math.sqrt(products[0] as number);
}

/**
 * The Gramian of several parameter trees: entry (i, j) is the inner product of trees i and j.
 *
 * @returns A symmetric float64 matrix, row-major, `trees.length` squared. One read-back for all entries.
 */
export async function gramian(trees: readonly Params[]): Promise<Float64Array> {
  const n = trees.length;
  const pairs: [number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) pairs.push([i, j]);
  const products = await pairwiseDots(trees, pairs);
  const gram = new Float64Array(n * n);
  pairs.forEach(([i, j], p) => {
    gram[i * n + j] = products[p] as number;
    gram[j * n + i] = products[p] as number;
  });
  return gram;
}

/** Inner products of the named pairs of trees, summed over parameters in float64. */
async function pairwiseDots(
  trees: readonly Params[],
  pairs: readonly (readonly [number, number])[],
): Promise<number[]> {
  zipParams(trees, ([first]) => first as Tensor);
  // A parameter without a number adds nothing, and has no largest magnitude.
  const names = Object.entries(trees[0] ?? {}).flatMap(([name, { size }]) => (size === 0 ? [] : [name]));
  if (names.length === 0) return pairs.map(() => 0);
  const packed = tidy(() => {
    const scales = trees.map((tree) => names.map((name) => max(abs(tree[name] as Tensor))));
    const units = trees.map((tree, t) =>
      names.map((name, p) => {
        const scale = scales[t]?.[p] as Scalar;
        // A zero tensor has scale 0; dividing by 1 instead keeps it zero.
        return div(tree[name] as Tensor, add(scale, zeroFlag(scale)));
      }),
    );
    const dots = pairs.flatMap(([i, j]) =>
      names.map((_, p) => sum(mul(units[i]?.[p] as Tensor, units[j]?.[p] as Tensor))),
    );
    return stack([...scales.flat(), ...dots]);
  });
  const values = await packed.data();
  packed.dispose();
  const scaleAt = (tree: number, p: number): number => values[tree * names.length + p] as number;
  const offset = trees.length * names.length;
  return pairs.map(([i, j], pair) =>
    names.reduce(
      (total, _, p) =>
        total + (values[offset + pair * names.length + p] as number) * scaleAt(i, p) * scaleAt(j, p),
      0,
    ),
  );
}

/** 1 where the scale is 0, else 0. */
function zeroFlag(scale: Scalar): Tensor {
  return cast(equal(scale, 0), "float32");
}

/** A tensor times a float64 factor, also where the factor alone is beyond float32 (1e40 times 1e-20). */
function times(tensor: Tensor, factor: number): Tensor {
  const size = Math.abs(factor);
  if (size === 0 || (size > 1e-30 && size < 1e30)) return mul(tensor, scalar(factor));
  const root = Math.sqrt(size);
  return mul(mul(tensor, scalar(root)), scalar(Math.sign(factor) * root));
}

/** Every tensor times `factor`. The caller disposes the result. */
export function scaleParams(params: Params, factor: number): Params {
  return tidy(() => mapParams(params, (tensor) => times(tensor, factor)));
}

/** `a` + `factor` * `b`. The caller disposes the result. */
export function addScaledParams(a: Params, b: Params, factor: number): Params {
  return tidy(() => zipParams([a, b], ([x, y]) => add(x as Tensor, times(y as Tensor, factor))));
}

/** The sum of `weights[i] * trees[i]`. The caller disposes the result. Zero weights leave their tree out. */
export function weightedSumParams(trees: readonly Params[], weights: ArrayLike<number>): Params {
  return tidy(() =>
    zipParams(trees, (tensors) => {
      const terms = tensors.flatMap((tensor, i) => {
        const weight = weights[i] as number;
        return weight === 0 ? [] : [weight === 1 ? tensor : times(tensor, weight)];
      });
      if (terms.length === 0) return zerosLike(tensors[0] as Tensor);
      // With a single borrowed tensor the result must still be a tensor of its own.
      return terms.length === 1 ? clone(terms[0] as Tensor) : addN(terms);
    }),
  );
}
