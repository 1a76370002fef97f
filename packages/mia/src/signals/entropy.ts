import { exp, mul, neg, sum, tidy, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { logProbabilities } from "./log-probabilities.ts";
import { fromTop, logSumExpOf, mapRows } from "./logit-rows.ts";

/**
 * The entropy of the predicted distribution: H = -sum_j p_j log p_j, natural logarithm, 0 log 0 = 0.
 *
 * @param logits - `[batch, classes]`.
 * @returns `[batch]`, 0 to log(classes); the caller disposes it.
 *
 * Source: Salem et al., ML-Leaks, 2019.
 */
export function entropy(logits: Tensor2D): Tensor1D {
  return tidy(() => {
    const logP = logProbabilities(logits);
    return neg(sum(mul(exp(logP), logP), 1)) as Tensor1D;
  });
}

/** {@link entropy} of model outputs read back, in float64. */
export function entropyFloat64(predictions: Predictions): Float64Array {
  return mapRows(predictions, 1, (logits, _label, write) => {
    const row = fromTop(logits);
    const total = logSumExpOf(row);
    write(-row.reduce((sumSoFar, z) => sumSoFar + Math.exp(z - total) * (z - total), 0));
  });
}
