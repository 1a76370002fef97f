import { maximum, sigmoid, tidy, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { phi, phiFloat64 } from "./phi.ts";

/** Options of signals that hold logarithms or small probabilities. */
export interface ClampOptions {
  /** Smallest probability, 0 to 1; 0 (the default) clamps nothing, which is safe: everything is computed from logits. */
  readonly clamp?: number;
}

/**
 * The probability of the true class: p_y = 1 / (1 + exp(-phi)), a soft-max output between 0 and 1.
 *
 * @param logits - `[batch, classes]`.
 * @param labels - `[batch]`, int32.
 * @param options - `clamp`: smallest value returned; where it binds the gradient is 0.
 * @returns `[batch]`; the caller disposes it.
 * @throws LtuError `SHAPE`.
 */
export function trueProbability(
  logits: Tensor2D,
  labels: Tensor1D,
  { clamp = 0 }: ClampOptions = {},
): Tensor1D {
  return tidy(() => {
    const probability = sigmoid(phi(logits, labels));
    return clamp === 0 ? probability : maximum(probability, clamp);
  });
}

/** {@link trueProbability} of model outputs read back, in float64. */
export function trueProbabilityFloat64(
  predictions: Predictions,
  { clamp = 0 }: ClampOptions = {},
): Float64Array {
  return phiFloat64(predictions).map((value) => Math.max(1 / (1 + Math.exp(-value)), clamp));
}
