import {
  add,
  exp,
  log,
  mul,
  squeeze,
  sub,
  sum,
  tidy,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { shiftOf } from "./log-probabilities.ts";
import { exclusion, logOddsOf, mapRows, trueClass } from "./logit-rows.ts";

/**
 * The logit of the true class's probability, the signal of LiRA:
 *
 * phi = log(p_y / (1 - p_y)) = z_y - log sum_{j != y} exp z_j
 *
 * The second form is exact at any size; the first loses all digits once p_y is 1 in float32.
 *
 * @param logits - `[batch, classes]`, two classes or more.
 * @param labels - `[batch]`, int32. Not differentiable.
 * @returns `[batch]`; the caller disposes it.
 * @throws LtuError `SHAPE`.
 *
 * Source: Carlini et al., Membership Inference Attacks From First Principles, 2022, section V-B.
 */
export function phi(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return tidy(() => {
    const truth = trueClass("phi", logits, labels);
    const others: Tensor2D = add(logits, mul(truth, exclusion));
    const top = shiftOf(others);
    const own = sub(sum(mul(logits, truth), 1, true), top);
    return squeeze(sub(own, log(sum(exp(sub(others, top)), 1, true))), [1]) as Tensor1D;
  });
}

/** {@link phi} of model outputs read back, in float64. */
export function phiFloat64(predictions: Predictions): Float64Array {
  return mapRows(predictions, 1, (row, label, write) => write(logOddsOf(row, label)));
}
