import { customGrad, zeros, type Tensor } from "@tensorflow/tfjs-core";

/**
 * The value of `f(x)`, through which no gradient flows: for selections (which class is largest) and for shifts that
 * cancel. Also the way to use operations without a gradient, such as top-k, inside a differentiated function.
 *
 * @param x - Any tensor.
 * @param f - A function of it that returns one tensor.
 * @returns `f(x)`; the caller disposes it.
 */
export function detached(x: Tensor, f: (x: Tensor) => Tensor): Tensor {
  return customGrad((input) => {
    // The input itself may be gone when the gradient is asked for; its shape is enough.
    const { shape } = input as Tensor;
    return { value: f(input as Tensor), gradFunc: () => zeros(shape) };
  })(x);
}
