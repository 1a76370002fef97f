import { concat1d, reshape, tidy, type Tensor, type Tensor1D } from "@tensorflow/tfjs-core";

import type { Params } from "@ltu/core";

import { layerSize, type Layer } from "./layers.ts";

/** Products added up before the sum joins the others, so that long sums lose no digits. */
const blockLength = 4096;

/**
 * The Gramian of several gradients for each layer: entry (i, j) is the inner product of gradients i and j there.
 *
 * The numbers are read once a gradient and multiplied in float64, where the product of two float32 numbers is exact.
 * Float32 sums would not do: parallel gradients would look independent, and the rules that invert a Gramian would
 * invert rounding. Squares of 1e-20 and 1e20 are no trouble in float64 either.
 *
 * @param gradients - Borrowed; the same names and shapes in all.
 * @returns One symmetric matrix a layer, row-major.
 */
export async function layerGramians(
  gradients: readonly Params[],
  layers: readonly Layer[],
): Promise<Float64Array[]> {
  const names = layers.flatMap(({ parameters }) => parameters);
  const values: ArrayLike<number>[] = [];
  for (const gradient of gradients) values.push(await flatValues(gradient, names));
  let start = 0;
  return layers.map((layer) => {
    const end = start + layerSize(gradients[0] as Params, layer);
    const gram = gramOf(values, start, end);
    start = end;
    return gram;
  });
}

/** The sum of several Gramians: that of their layers together. */
export function sumOfGramians(grams: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(grams[0]?.length ?? 0);
  for (const gram of grams) gram.forEach((entry, i) => (total[i] = (total[i] as number) + entry));
  return total;
}

/** The parameters one after the other; one read. */
async function flatValues(params: Params, names: readonly string[]): Promise<ArrayLike<number>> {
  const flat = tidy(() => concat1d(names.map((name): Tensor1D => reshape(params[name] as Tensor, [-1]))));
  try {
    return await flat.data();
  } finally {
    flat.dispose();
  }
}

function gramOf(rows: readonly ArrayLike<number>[], start: number, end: number): Float64Array {
  const gram = new Float64Array(rows.length ** 2);
  rows.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const dot = dotOf(row, rows[j] as ArrayLike<number>, start, end);
      gram[i * rows.length + j] = dot;
      gram[j * rows.length + i] = dot;
    }
  });
  return gram;
}

function dotOf(a: ArrayLike<number>, b: ArrayLike<number>, start: number, end: number): number {
  let total = 0;
  for (let from = start; from < end; from += blockLength) {
    const to = Math.min(end, from + blockLength);
    let part = 0;
    for (let i = from; i < to; i++) part += (a[i] as number) * (b[i] as number);
    total += part;
  }
  return total;
}
