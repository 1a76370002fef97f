import { add, matMul, tidy, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Params } from "@ltu/core";

/**
 * Linear layer: y = x weight + bias.
 *
 * @param x - `[batch, in]`.
 * @param layer - The layer's name; it reads `<layer>.weight`, `[in, out]`, and `<layer>.bias`, `[out]`.
 * @returns `[batch, out]`; the caller disposes it.
 */
export function dense(x: Tensor2D, layer: string, params: Params): Tensor2D {
  const weight = params[`${layer}.weight`] as Tensor2D;
  const bias = params[`${layer}.bias`] as Tensor1D;
  return tidy(() => add(matMul(x, weight), bias) as Tensor2D);
}
