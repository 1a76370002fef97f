import type { Tensor4D } from "@tensorflow/tfjs-core";

import type { ForwardMode, ModelWeights } from "@ltu/core";

import { batchNorm, type BatchStatistics } from "./batch-norm.ts";
import { conv, type ConvOptions } from "./conv.ts";

/** The mode of a forward pass, and where its batch norms leave what they saw. */
export interface ForwardContext {
  readonly mode: ForwardMode;
  readonly seen: BatchStatistics[];
}

/**
 * Convolution without bias, then batch norm; what the batch showed goes to `seen` in the modes that use it.
 *
 * @param x - `[batch, height, width, in]`.
 * @param names - The convolution's name and the batch norm's, as {@link conv} and {@link batchNorm} read them.
 * @returns As {@link conv}; the caller disposes it.
 */
export function convBatchNorm(
  x: Tensor4D,
  [convName, normName]: readonly [string, string],
  weights: ModelWeights,
  { mode, seen, ...geometry }: ForwardContext & ConvOptions,
): Tensor4D {
  const { y, batch } = batchNorm(conv(x, convName, weights.params, geometry), normName, weights, { mode });
  if (batch !== undefined) seen.push(batch);
  return y;
}
