import { kernelNames } from "@ltu/core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs-core";

import { floats, wasmKernel } from "../wasm-heap.ts";
import { affine, affineOfTwo, sumsAndProducts, sumsAndSquares } from "./channel-loops.ts";

/**
 * Batch norm on the wasm backend as loops over its memory. The composed form spends its time in broadcasts and in
 * sums over leading axes, which tfjs does by a transposed copy. Sums are float64, so no order of summation shows.
 */
export const batchNormWasm: readonly KernelConfig[] = [
  wasmKernel<"x" | "gamma" | "beta">(kernelNames.batchNormTraining, (backend, inputs, attrs) => {
    const { x, gamma, beta } = inputs;
    const channels = channelsOf(x);
    const mean = backend.makeOutput([channels], "float32");
    const variance = backend.makeOutput([channels], "float32");
    statistics(floats(backend, x), floats(backend, mean), floats(backend, variance));
    const y = normalise(backend, { x, gamma, beta, mean, variance }, attrs["epsilon"] as number);
    return [y, mean, variance];
  }),
  wasmKernel<"x" | "gamma" | "beta" | "mean" | "variance">(
    kernelNames.batchNormInference,
    (backend, inputs, attrs) => normalise(backend, inputs, attrs["epsilon"] as number),
  ),
  wasmKernel<GradInput>(kernelNames.batchNormTrainingGrad, (backend, inputs, attrs) =>
    gradients(backend, inputs, attrs["epsilon"] as number, true),
  ),
  wasmKernel<GradInput>(kernelNames.batchNormInferenceGrad, (backend, inputs, attrs) =>
    gradients(backend, inputs, attrs["epsilon"] as number, false),
  ),
];

type GradInput = "x" | "gamma" | "mean" | "variance" | "dy";

function channelsOf(x: TensorInfo): number {
  return x.shape[x.shape.length - 1] as number;
}

/** Mean and biased variance of each channel, in one pass over values shifted by the first row. */
function statistics(x: Float32Array, mean: Float32Array, variance: Float32Array): void {
  const channels = mean.length;
  const rows = x.length / channels;
  const shift = Float64Array.from(x.subarray(0, channels));
  const { sums, squares } = sumsAndSquares(x, shift);
  for (let c = 0; c < channels; c++) {
    const shifted = (sums[c] as number) / rows;
    mean[c] = shifted + (shift[c] as number);
    variance[c] = Math.max(0, (squares[c] as number) / rows - shifted * shifted);
  }
}

/** y = x scale + offset with scale = gamma / sqrt(variance + epsilon) and offset = beta - mean scale. */
function normalise(
  backend: BackendWasm,
  inputs: Record<"x" | "gamma" | "beta" | "mean" | "variance", TensorInfo>,
  epsilon: number,
): TensorInfo {
  const output = backend.makeOutput(inputs.x.shape, "float32");
  const gamma = floats(backend, inputs.gamma);
  const beta = floats(backend, inputs.beta);
  const mean = floats(backend, inputs.mean);
  const scale = Float64Array.from(
    floats(backend, inputs.variance),
    (v, c) => (gamma[c] as number) / Math.sqrt(v + epsilon),
  );
  const offset = scale.map((s, c) => (beta[c] as number) - (mean[c] as number) * s);
  affine(floats(backend, inputs.x), floats(backend, output), scale, offset);
  return output;
}

/**
 * dbeta = sum dy, dgamma = r sum dy (x - mean), and dx = gamma r dy with fixed statistics; with those of the
 * batch dx = gamma r (dy - dbeta / n - (x - mean) r dgamma / n). So dx = a dy + b x + k for each channel.
 */
function gradients(
  backend: BackendWasm,
  inputs: Record<GradInput, TensorInfo>,
  epsilon: number,
  batchStatistics: boolean,
): TensorInfo[] {
  const channels = channelsOf(inputs.x);
  const outputs = [inputs.x.shape, [channels], [channels]].map((shape) =>
    backend.makeOutput(shape, "float32"),
  );
  const [dx, dgamma, dbeta] = outputs.map((info) => floats(backend, info)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const x = floats(backend, inputs.x);
  const dy = floats(backend, inputs.dy);
  const gamma = floats(backend, inputs.gamma);
  const mean = Float64Array.from(floats(backend, inputs.mean));
  const variance = floats(backend, inputs.variance);
  const rows = x.length / channels;
  const { sums, products } = sumsAndProducts(dy, x, mean);
  const a = new Float64Array(channels);
  const b = new Float64Array(channels);
  const k = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const r = 1 / Math.sqrt((variance[c] as number) + epsilon);
    const sumDy = sums[c] as number;
    const product = (products[c] as number) * r;
    dbeta[c] = sumDy;
    dgamma[c] = product;
    const scale = (gamma[c] as number) * r;
    a[c] = scale;
    if (batchStatistics) {
      b[c] = (-scale * r * product) / rows;
      k[c] = (-scale * sumDy) / rows - (b[c] as number) * (mean[c] as number);
    }
  }
  affineOfTwo({ dy, x, dx }, a, b, k);
  return outputs;
}
