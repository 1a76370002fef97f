import { add, mul, relu as reluTensor, tanh as tanhTensor, type Tensor2D } from "@tensorflow/tfjs-core";

export type ActivationName = "gelu" | "relu" | "tanh";

/** An activation in its three forms: float64 value and derivative to fit with, tensor to differentiate through. */
export interface Activation {
  readonly value: (x: number) => number;
  readonly derivative: (x: number) => number;
  readonly tensor: (x: Tensor2D) => Tensor2D;
}

const geluScale = Math.sqrt(2 / Math.PI);
const geluCubic = 0.044715;

/**
 * The activations of feedback attacks by name.
 *
 * GELU is the tanh form, x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), at most 5e-4 from the exact one: TensorFlow.js
 * approximates the error function differently on each backend, tanh is the same on all.
 *
 * Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
 */
export const activations: Readonly<Record<ActivationName, Activation>> = {
  gelu: {
    value: (x) => 0.5 * x * (1 + Math.tanh(geluScale * (x + geluCubic * x * x * x))),
    derivative: (x) => {
      const t = Math.tanh(geluScale * (x + geluCubic * x * x * x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluScale * (1 + 3 * geluCubic * x * x);
    },
    tensor: (x) => {
      const inner = mul(mul(x, geluScale), add(1, mul(mul(x, x), geluCubic)));
      return mul(mul(x, 0.5), add(1, tanhTensor(inner)));
    },
  },
  relu: {
    value: (x) => Math.max(x, 0),
    derivative: (x) => (x > 0 ? 1 : 0),
    tensor: (x) => reluTensor(x),
  },
  tanh: {
    value: Math.tanh,
    derivative: (x) => 1 - Math.tanh(x) ** 2,
    tensor: (x) => tanhTensor(x),
  },
};
