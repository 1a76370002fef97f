import { exp, log, max, sub, sum, tidy, type Tensor2D } from "@tensorflow/tfjs-core";

import { detached } from "./detached.ts";

/**
 * The logarithms of the soft-max probabilities: log p_j = (z_j - top) - log sum_i exp(z_i - top), top = max_i z_i.
 *
 * The maximum goes first, so that logits far from zero keep the digits of their differences.
 *
 * @param logits - `[batch, classes]`.
 * @returns `[batch, classes]`, 0 or less; the caller disposes it.
 */
export function logProbabilities(logits: Tensor2D): Tensor2D {
  return tidy(() => {
    const shifted = sub(logits, shiftOf(logits));
    return sub(shifted, log(sum(exp(shifted), 1, true))) as Tensor2D;
  });
}

/** The row maximum `[batch, 1]`. A common shift changes no probability, so it carries no gradient. */
export function shiftOf(logits: Tensor2D): Tensor2D {
  return detached(logits, (x) => max(x, 1, true)) as Tensor2D;
}
