import { exp, expandDims, mul, sum, tidy, topk, type Tensor2D, type Tensor3D } from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { detached } from "./detached.ts";
import { logProbabilities } from "./log-probabilities.ts";
import { fromTop, logSumExpOf, mapRows, oneHotRows } from "./logit-rows.ts";

/** How many of the largest outputs to take. */
export interface TopOptions {
  /** At most this many, 10 by default; fewer where there are fewer classes. */
  readonly k?: number;
}

/**
 * The k largest logits of each sample, in descending order. Each carries the gradient of the class it came from.
 *
 * @param logits - `[batch, classes]`.
 * @returns `[batch, min(k, classes)]`; the caller disposes it.
 */
export function topLogits(logits: Tensor2D, { k = 10 }: TopOptions = {}): Tensor2D {
  const classes = logits.shape[1];
  return tidy(() => {
    // TensorFlow.js has no gradient for top-k, so the selection is a constant and its product with the logits is not.
    const selection = detached(logits, (x) =>
      oneHotRows(topk(x as Tensor2D, Math.min(k, classes)).indices, classes),
    ) as Tensor3D;
    return sum(mul(expandDims(logits, 1), selection), 2) as Tensor2D;
  });
}

/**
 * The k largest soft-max probabilities of each sample, in descending order.
 *
 * @param logits - `[batch, classes]`.
 * @returns `[batch, min(k, classes)]`; the caller disposes it.
 *
 * Source: Shokri et al., 2017; Salem et al., ML-Leaks, 2019 (sorted posteriors).
 */
export function topProbabilities(logits: Tensor2D, options: TopOptions = {}): Tensor2D {
  return tidy(() => exp(topLogits(logProbabilities(logits), options)));
}

/** {@link topProbabilities} of model outputs read back, in float64: `[samples, min(k, classes)]` row-major. */
export function topProbabilitiesFloat64(predictions: Predictions, { k = 10 }: TopOptions = {}): Float64Array {
  const width = Math.min(k, predictions.classes);
  return mapRows(predictions, width, (logits, _label, write) => {
    const row = fromTop(logits);
    const total = logSumExpOf(row);
    const descending = row.slice().sort().reverse();
    for (let rank = 0; rank < width; rank++) write(Math.exp((descending[rank] as number) - total));
  });
}
