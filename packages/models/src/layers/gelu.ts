import { add, erf, mul, tidy, type Tensor } from "@tensorflow/tfjs-core";

/**
 * Gaussian error linear unit: y = x Phi(x) = x / 2 (1 + erf(x / sqrt(2))), the exact form.
 *
 * @returns The shape of `x`; the caller disposes it.
 *
 * Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
 */
export function gelu<T extends Tensor>(x: T): T {
  return tidy(() => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1)) as T);
}
