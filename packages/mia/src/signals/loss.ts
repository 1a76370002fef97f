import { neg, softplus, tidy, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { phi, phiFloat64 } from "./phi.ts";

/**
 * The cross-entropy loss of each sample: loss = -log p_y = log(1 + exp(-phi)).
 *
 * A low loss means "more likely a member": the sign of the signal is turned round by the attack that reads it.
 *
 * @param logits - `[batch, classes]`.
 * @param labels - `[batch]`, int32.
 * @returns `[batch]`; the caller disposes it.
 * @throws LtuError `SHAPE`.
 *
 * Source: Yeom et al., Privacy Risk in Machine Learning, 2018.
 */
export function loss(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return tidy(() => softplus(neg(phi(logits, labels))));
}

/** {@link loss} of model outputs read back, in float64. */
export function lossFloat64(predictions: Predictions): Float64Array {
  return phiFloat64(predictions).map((value) => softplusFloat64(-value));
}

/** log(1 + exp(x)) without overflow. */
export function softplusFloat64(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
