import { add, exp, log, sub, sum, tidy, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { shiftOf } from "./log-probabilities.ts";
import { logSumExpOf, mapRows } from "./logit-rows.ts";

/**
 * log sum_j exp z_j of each sample, with the row maximum taken out first.
 *
 * @param logits - `[batch, classes]`.
 * @returns `[batch]`; the caller disposes it.
 */
export function logsumexp(logits: Tensor2D): Tensor1D {
  return tidy(() => {
    const top = shiftOf(logits);
    return add(sum(top, 1), log(sum(exp(sub(logits, top)), 1))) as Tensor1D;
  });
}

/** {@link logsumexp} of model outputs read back, in float64. */
export function logsumexpFloat64(predictions: Predictions): Float64Array {
  return mapRows(predictions, 1, (row, _label, write) => write(logSumExpOf(row)));
}
