import { add, mul, ones, tidy, transpose, zeros, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import { batchNormTraining, type Params } from "@ltu/core";

/**
 * Layer normalisation of each row: y = weight (x - mean) / sqrt(variance + epsilon) + bias, mean and biased variance
 * over the row.
 *
 * It is the batch norm of the transposed matrix, whose channels are the rows: so it runs on that op's kernels and
 * has its gradient on every engine.
 *
 * @param x - `[rows, width]`.
 * @param layer - The layer's name; it reads `<layer>.weight` and `<layer>.bias`, `[width]`.
 * @param epsilon - Default 1e-6, as vision transformers have it (PyTorch's own default is 1e-5).
 * @returns `[rows, width]`; the caller disposes it.
 *
 * Source: Ba, Kiros and Hinton, Layer Normalization, 2016, equation 3.
 */
export function layerNorm(
  x: Tensor2D,
  layer: string,
  params: Params,
  { epsilon = 1e-6 }: { readonly epsilon?: number } = {},
): Tensor2D {
  const rows = x.shape[0];
  return tidy(() => {
    const { y } = batchNormTraining(transpose(x), ones([rows]) as Tensor1D, zeros([rows]) as Tensor1D, {
      epsilon,
    });
    const scaled = mul(transpose(y), params[`${layer}.weight`] as Tensor1D);
    return add(scaled, params[`${layer}.bias`] as Tensor1D);
  });
}
