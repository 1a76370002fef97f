import { add, customGrad, erf, exp, mul, square, tidy, type Tensor } from "@tensorflow/tfjs-core";

/**
 * Gaussian error linear unit: y = x Phi(x), Phi(x) = (1 + erf(x / sqrt(2))) / 2, the exact form.
 *
 * Its gradient is written out, dy/dx = Phi(x) + x phi(x), because taped step by step it would hold seven numbers for
 * each of the widest layer of a transformer instead of two.
 *
 * @returns The shape of `x`; the caller disposes it.
 *
 * Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
 */
export function gelu<T extends Tensor>(x: T): T {
  const op = customGrad((input, save) => {
    const [at, keep] = [input as Tensor, save as (tensors: Tensor[]) => void];
    const cdf = tidy(() => mul(add(erf(mul(at, Math.SQRT1_2)), 1), 0.5));
    keep([at, cdf]);
    return {
      value: mul(at, cdf),
      gradFunc: (dy: Tensor, [saved, phi]: Tensor[]) =>
        tidy(() => mul(dy, add(phi as Tensor, mul(saved as Tensor, density(saved as Tensor))))),
    };
  });
  return tidy(() => op(x) as T);
}

/** phi(x) = exp(-x^2 / 2) / sqrt(2 pi). */
function density(x: Tensor): Tensor {
  return mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
}
