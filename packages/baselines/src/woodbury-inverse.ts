import {
  addN,
  concat,
  dispose,
  matMul,
  reshape,
  slice,
  sub,
  tensor2d,
  tidy,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import { disposeParams, mapParams, type Params } from "@ltu/core";

/** Gradients in one matrix, so that products run as few large ones. */
const rowsInBlock = 32;

/**
 * The inverse empirical Fisher times a vector, by Woodbury's identity: with the N gradients as the rows of G,
 *
 * F = I + (1 / N) G^T G, F^-1 v = v - G^T (N I + G G^T)^-1 G v.
 *
 * It keeps all gradients (4 N bytes for each weight) and solves an N x N system in float64.
 *
 * @param v - What to multiply; borrowed.
 * @param gradients - Each is disposed.
 * @returns A tree like `v`; the caller disposes it.
 *
 * Source: Singh, Alistarh, "WoodFisher", NeurIPS 2020, section 3, whose recursion over single gradients comes to the
 * same; with the identity as the prior, as in the code of {@link woodFisher}.
 */
export async function woodburyInverse(v: Params, gradients: AsyncIterable<Params>): Promise<Params> {
  const blocks: Tensor2D[] = [];
  let rows: Tensor2D[] = [];
  const pack = (): void => {
    if (rows.length === 0) return;
    const packed = tidy(() => concat(rows, 0));
    dispose(rows);
    rows = [];
    blocks.push(packed);
  };
  const flat = tidy(() => rowOf(v));
  try {
    for await (const gradient of gradients) {
      rows.push(tidy(() => rowOf(gradient)));
      disposeParams(gradient);
      if (rows.length === rowsInBlock) pack();
    }
    pack();
    const along: number[] = [];
    for (const block of blocks) along.push(...(await numbersOf(() => matMul(block, flat, false, true))));
    const x = Float32Array.from(solve(await systemOf(blocks, along.length), along));
    return tidy(() => {
      let start = 0;
      const parts = blocks.map((block) => {
        const [count] = block.shape;
        start += count;
        return matMul(tensor2d(x.slice(start - count, start), [1, count]), block);
      });
      return treeOf(sub(flat, addN(parts)) as Tensor2D, v) as never;
    }) as unknown as Params;
  } finally {
    dispose([flat, ...rows, ...blocks]);
  }
}

/** A tree as one row. */
function rowOf(tree: Params): Tensor2D {
  return concat(
    Object.values(tree).map((tensor) => reshape(tensor, [1, -1])),
    1,
  ) as Tensor2D;
}

/** A row as a tree like another. */
function treeOf(row: Tensor2D, like: Params): Params {
  let start = 0;
  return mapParams(like, ({ size, shape }) => {
    start += size;
    return reshape(slice(row, [0, start - size], [1, size]), shape);
  });
}

async function numbersOf(make: () => Tensor): Promise<Float32Array> {
  const made = tidy(make);
  return (await made.data<"float32">().finally(() => made.dispose())) as Float32Array;
}

/** N I + G G^T, row by row. */
async function systemOf(blocks: readonly Tensor2D[], count: number): Promise<Float64Array[]> {
  const system = Array.from({ length: count }, () => new Float64Array(count));
  for (const [b, block] of blocks.entries()) {
    for (const [o, other] of blocks.slice(0, b + 1).entries()) {
      const products = await numbersOf(() => matMul(block, other, false, true));
      products.forEach((product, at) => {
        const i = b * rowsInBlock + Math.floor(at / other.shape[0]);
        const j = o * rowsInBlock + (at % other.shape[0]);
        (system[i] as Float64Array)[j] = product;
        (system[j] as Float64Array)[i] = product;
      });
    }
  }
  system.forEach((row, i) => (row[i] = (row[i] as number) + count));
  return system;
}

/** The solution of a symmetric positive definite system, by Cholesky's factors in place. */
function solve(system: readonly Float64Array[], right: readonly number[]): Float64Array {
  const at = (i: number, j: number): number => (system[i] as Float64Array)[j] as number;
  const x = Float64Array.from(right);
  const size = right.length;
  for (let i = 0; i < size; i++) {
    const row = system[i] as Float64Array;
    for (let j = 0; j <= i; j++) {
      let rest = at(i, j);
      for (let k = 0; k < j; k++) rest -= at(i, k) * at(j, k);
      row[j] = i === j ? Math.sqrt(rest) : rest / at(j, j);
    }
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - at(i, k) * (x[k] as number);
    x[i] = (x[i] as number) / at(i, i);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] = (x[i] as number) - at(k, i) * (x[k] as number);
    x[i] = (x[i] as number) / at(i, i);
  }
  return x;
}
