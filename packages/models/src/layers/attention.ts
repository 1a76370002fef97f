import {
  matMul,
  mul,
  reshape,
  softmax,
  split,
  tidy,
  transpose,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";

import type { Params } from "@ltu/core";

import { dense } from "./dense.ts";

/** How the rows of a matrix of tokens belong together. */
export interface AttentionOptions {
  /** Tokens of one image; the rows hold them image after image. */
  readonly tokens: number;
  /** Must divide the width. */
  readonly heads: number;
}

/**
 * Multi-head self-attention: for each head softmax(Q K^T / sqrt(d)) V, with d = width / heads, the heads side by side
 * through a linear layer.
 *
 * @param x - `[images tokens, width]`.
 * @param layer - The layer's name; it reads the linear layers `<layer>.qkv`, `[width, 3 width]` (queries, keys and
 *   values, of each the heads one after another), and `<layer>.proj`, `[width, width]`.
 * @returns `[images tokens, width]`; the caller disposes it.
 *
 * Source: Vaswani and others, Attention Is All You Need, 2017, section 3.2; names and their layout as `Attention` of
 * timm.
 */
export function attention(
  x: Tensor2D,
  layer: string,
  params: Params,
  { tokens, heads }: AttentionOptions,
): Tensor2D {
  const [rows, width] = x.shape;
  const [images, each] = [rows / tokens, width / heads];
  return tidy(() => {
    // Queries, keys and values are turned together, by one transposition of rank 4: wasm is slow at higher ranks.
    const together = reshape(dense(x, `${layer}.qkv`, params), [images, tokens, 3 * heads, each]);
    const [query, key, value] = split(transpose(together, [0, 2, 1, 3]), 3, 1).map((part) =>
      reshape(part, [images * heads, tokens, each]),
    ) as [Tensor3D, Tensor3D, Tensor3D];
    // The few numbers of the queries are scaled, not the many of the products.
    const weights = softmax(matMul(mul(query, 1 / Math.sqrt(each)), key, false, true));
    const attended = reshape(matMul(weights, value), [images, heads, tokens, each]);
    const sideBySide = reshape(transpose(attended, [0, 2, 1, 3]), [rows, width]) as Tensor2D;
    return dense(sideBySide, `${layer}.proj`, params);
  });
}
