import { add, concat, mul, split, tensor1d, tidy, type Tensor, type Tensor1D } from "@tensorflow/tfjs-core";

import {
  batchNormInference,
  batchNormTraining,
  type ForwardMode,
  type ModelWeights,
  type Params,
} from "@ltu/core";

/** What a batch norm saw in one batch; {@link updateRunningStatistics} turns it into new running statistics. */
export interface BatchStatistics {
  /** The layer's name, such as `"bn1"`. */
  readonly layer: string;
  /** `[channels]`. */
  readonly mean: Tensor1D;
  /** Biased, `[channels]`. */
  readonly variance: Tensor1D;
  /** Numbers behind each mean: batch times height times width. */
  readonly count: number;
}

/** Options of {@link batchNorm}. */
export interface BatchNormLayerOptions {
  readonly mode: ForwardMode;
  /** Added to the variance; default 1e-5, as PyTorch. */
  readonly epsilon?: number;
}

/**
 * Batch normalisation over all axes but the last: y = weight (x - mean) / sqrt(variance + epsilon) + bias.
 *
 * @param x - `[batch, height, width, channels]` or `[batch, channels]`.
 * @param layer - The layer's name; it reads `<layer>.weight` and `<layer>.bias` of the parameters and, in mode
 *   `"eval"`, `<layer>.running_mean` and `<layer>.running_var` of the statistics.
 * @returns The shape of `x`, and what the batch showed in the modes that use it; the caller disposes them.
 *
 * Source: Ioffe and Szegedy, Batch Normalization, 2015, Algorithm 1; constants as `torch.nn.BatchNorm2d`.
 */
export function batchNorm<T extends Tensor>(
  x: T,
  layer: string,
  { params, stats }: ModelWeights,
  { mode, epsilon = 1e-5 }: BatchNormLayerOptions,
): { readonly y: T; readonly batch: BatchStatistics | undefined } {
  const weight = params[`${layer}.weight`] as Tensor1D;
  const bias = params[`${layer}.bias`] as Tensor1D;
  if (mode === "eval") {
    const mean = stats[`${layer}.running_mean`] as Tensor1D;
    const variance = stats[`${layer}.running_var`] as Tensor1D;
    return { y: batchNormInference(x, weight, bias, mean, variance, { epsilon }), batch: undefined };
  }
  const { y, mean, variance } = batchNormTraining(x, weight, bias, { epsilon });
  return { y, batch: { layer, mean, variance, count: x.size / (x.shape.at(-1) as number) } };
}

/**
 * New running statistics of all batch norms of a model, in torch's sense of momentum:
 *
 * running = (1 - momentum) running + momentum batch, where the batch's variance is the unbiased one, n / (n - 1)
 * times the biased.
 *
 * All channels of all layers go through the same three operations, because the number of kernels is what a small
 * step costs. A batch with one number a channel (n = 1) has variance 0 and keeps it; torch refuses such a batch.
 *
 * @param stats - The running statistics so far; borrowed.
 * @param batches - One entry for each batch norm; borrowed.
 * @returns The same names as `stats`; the caller disposes them.
 */
export function updateRunningStatistics(
  stats: Params,
  batches: readonly BatchStatistics[],
  { momentum = 0.1 }: { readonly momentum?: number } = {},
): Params {
  if (batches.length === 0) return {};
  return tidy(() => {
    const sizes = batches.flatMap(({ mean }) => [mean.size, mean.size]);
    const names = batches.flatMap(({ layer }) => [`${layer}.running_mean`, `${layer}.running_var`]);
    const factors = batches.flatMap(({ mean, count }) => [
      ...Array.from({ length: mean.size }, () => momentum),
      ...Array.from({ length: mean.size }, () => (momentum * count) / Math.max(1, count - 1)),
    ]);
    const seen = concat(batches.flatMap(({ mean, variance }) => [mean, variance]));
    const running = concat(names.map((name) => stats[name] as Tensor1D));
    const updated = add(mul(running, 1 - momentum), mul(seen, tensor1d(factors)));
    const parts = split(updated, sizes);
    return Object.fromEntries(names.map((name, i) => [name, parts[i] as Tensor]));
  });
}
