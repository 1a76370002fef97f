import {
  add,
  matMul,
  squeeze,
  tensor1d,
  tensor2d,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import type { Rng } from "@ltu/core";

import { activations, type ActivationName } from "./activations.ts";

/**
 * The shape of a small perceptron with one output. Its weights are one list of numbers: for each layer the kernel
 * `[in, out]` row-major, then the bias `[out]`.
 */
export interface MlpShape {
  /** Width of the input, of each hidden layer, and 1. */
  readonly sizes: readonly number[];
  readonly activation: ActivationName;
}

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Where its kernel begins among the weights; its bias begins at `bias`. */
  readonly kernel: number;
  readonly bias: number;
}

function layersOf({ sizes }: MlpShape): Layer[] {
  let place = 0;
  return sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l] as number;
    const kernel = place;
    const bias = kernel + inputs * outputs;
    place = bias + outputs;
    return { inputs, outputs, kernel, bias };
  });
}

/** The number of weights of a shape. */
export function mlpWeightCount(shape: MlpShape): number {
  return layersOf(shape).reduce((total, { inputs, outputs }) => total + (inputs + 1) * outputs, 0);
}

/**
 * Fresh weights: hidden layers uniform in [-1/sqrt(in), 1/sqrt(in)], the usual default of linear layers; the last
 * layer is zero. So the first step already turns the logit from non-members to members; a random last layer can point
 * the wrong way for as long as a fit on few samples lasts.
 */
export function initMlp(shape: MlpShape, rng: Rng): Float64Array {
  const weights = new Float64Array(mlpWeightCount(shape));
  for (const { inputs, outputs, kernel } of layersOf(shape).slice(0, -1)) {
    const bound = 1 / Math.sqrt(inputs);
    for (let w = kernel; w < kernel + (inputs + 1) * outputs; w++) {
      weights[w] = (2 * rng.uniform() - 1) * bound;
    }
  }
  return weights;
}

/** Room for one pass: what goes into each layer, its sums before the activation, and their derivatives of the loss. */
interface Trace {
  readonly inputs: readonly Float64Array[];
  readonly sums: readonly Float64Array[];
  readonly deltas: readonly Float64Array[];
}

function newTrace({ sizes }: MlpShape): Trace {
  const outputs = sizes.slice(1);
  return {
    inputs: sizes.slice(0, -1).map((size) => new Float64Array(size)),
    sums: outputs.map((size) => new Float64Array(size)),
    deltas: outputs.map((size) => new Float64Array(size)),
  };
}

/** One forward pass over the sample that starts at `start`; fills `trace` and returns the output. */
function forward(
  layers: readonly Layer[],
  activation: ActivationName,
  weights: Float64Array,
  trace: Trace,
  features: Float64Array,
  start: number,
): number {
  const { value } = activations[activation];
  const first = trace.inputs[0] as Float64Array;
  for (let i = 0; i < first.length; i++) first[i] = features[start + i] as number;
  for (let l = 0; l < layers.length; l++) {
    const { inputs, outputs, kernel, bias } = layers[l] as Layer;
    const from = trace.inputs[l] as Float64Array;
    const sums = trace.sums[l] as Float64Array;
    for (let j = 0; j < outputs; j++) sums[j] = weights[bias + j] as number;
    let w = kernel;
    for (let i = 0; i < inputs; i++) {
      const x = from[i] as number;
      for (let j = 0; j < outputs; j++) sums[j] = (sums[j] as number) + x * (weights[w++] as number);
    }
    const next = trace.inputs[l + 1];
    if (next !== undefined) for (let j = 0; j < outputs; j++) next[j] = value(sums[j] as number);
  }
  return trace.sums[layers.length - 1]?.[0] as number;
}

/** The outputs of all samples, in float64. `features` is `[samples, sizes[0]]` row-major. */
export function mlpLogits(shape: MlpShape, weights: Float64Array, features: Float64Array): Float64Array {
  const layers = layersOf(shape);
  const trace = newTrace(shape);
  const width = shape.sizes[0] as number;
  return Float64Array.from({ length: features.length / width }, (_, n) =>
    forward(layers, shape.activation, weights, trace, features, n * width),
  );
}

/** Samples to fit: features `[samples, width]` row-major, target 1 for members, and a weight each. */
export interface FitSamples {
  readonly features: Float64Array;
  readonly targets: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The gradient of the weighted binary cross-entropy over some samples, in float64 by back-propagation:
 *
 * L = 1/|batch| sum_n w_n [softplus(u_n) - t_n u_n]
 *
 * Plain numbers rather than tensors: these networks have tens to a few thousand weights, and so the fit is quick and
 * bit-identical on every engine.
 */
export function mlpGradient(
  shape: MlpShape,
  weights: Float64Array,
  { features, targets, weights: sampleWeights }: FitSamples,
  batch: Int32Array,
): Float64Array {
  const layers = layersOf(shape);
  const trace = newTrace(shape);
  const { derivative } = activations[shape.activation];
  const width = shape.sizes[0] as number;
  const gradient = new Float64Array(weights.length);
  for (const n of batch) {
    const logit = forward(layers, shape.activation, weights, trace, features, n * width);
    const error = 1 / (1 + Math.exp(-logit)) - (targets[n] as number);
    (trace.deltas[layers.length - 1] as Float64Array)[0] =
      (error * (sampleWeights[n] as number)) / batch.length;
    for (let l = layers.length - 1; l >= 0; l--) {
      const { inputs, outputs, kernel, bias } = layers[l] as Layer;
      const from = trace.inputs[l] as Float64Array;
      const delta = trace.deltas[l] as Float64Array;
      const sumsBelow = trace.sums[l - 1];
      const deltaBelow = trace.deltas[l - 1];
      for (let j = 0; j < outputs; j++)
        gradient[bias + j] = (gradient[bias + j] as number) + (delta[j] as number);
      let w = kernel;
      for (let i = 0; i < inputs; i++) {
        const x = from[i] as number;
        let back = 0;
        for (let j = 0; j < outputs; j++, w++) {
          const d = delta[j] as number;
          gradient[w] = (gradient[w] as number) + d * x;
          back += d * (weights[w] as number);
        }
        if (deltaBelow !== undefined) deltaBelow[i] = back * derivative(sumsBelow?.[i] as number);
      }
    }
  }
  return gradient;
}

/** The same network as tensors: `[batch, sizes[0]]` to `[batch]`, differentiable in its input. Call it in a tidy. */
export function mlpTensor(shape: MlpShape, weights: readonly number[], features: Tensor2D): Tensor1D {
  const { tensor } = activations[shape.activation];
  const layers = layersOf(shape);
  let x = features;
  layers.forEach(({ inputs, outputs, kernel, bias }, l) => {
    const w = tensor2d(weights.slice(kernel, bias), [inputs, outputs], "float32");
    const b = tensor1d(weights.slice(bias, bias + outputs), "float32");
    const sums: Tensor2D = add(matMul(x, w), b);
    x = l === layers.length - 1 ? sums : tensor(sums);
  });
  return squeeze(x, [1]);
}
