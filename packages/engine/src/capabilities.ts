import { hasKernel, kernelNames, LtuError } from "@ltu/core";
import { conv2d, engine, getKernel, ones, tidy, type Tensor4D } from "@tensorflow/tfjs-core";

import type { EngineName } from "./engine-backend.ts";
import { currentEngine } from "./resolve.ts";

/** What the current engine can do, for `doctor`. */
export interface Capabilities {
  readonly engine: EngineName;
  /** Bits of the numbers that kernels compute with. */
  readonly precision: 16 | 32;
  /** Fast kernels of LTU that this engine has; other ops run in their composed form. */
  readonly kernels: readonly string[];
  /** Kernels that training needs and this engine lacks; models that use them cannot be trained on it. */
  readonly missing: readonly string[];
  /** Measured rate of a 3x3 convolution, 1e9 multiplications and additions a second. */
  readonly convGflops: number;
}

/** Kernels that gradients of common layers need and that not every backend of TensorFlow.js has. */
const trainingKernels = [
  "AvgPoolGrad",
  "Conv2DBackpropFilter",
  "Conv2DBackpropInput",
  "DepthwiseConv2dNativeBackpropFilter",
  "DepthwiseConv2dNativeBackpropInput",
  "Einsum",
  "MaxPoolGrad",
  "UnsortedSegmentSum",
];

/**
 * Asks the current engine what it can do and measures a convolution on it, for about half a second.
 *
 * @throws LtuError `BACKEND` before an engine was chosen with `resolveEngine`.
 */
export async function capabilities(): Promise<Capabilities> {
  const name = currentEngine();
  if (name === undefined) {
    throw new LtuError("BACKEND", "capabilities: no engine was chosen yet; call resolveEngine first.");
  }
  return {
    engine: name,
    precision: engine().backend.floatPrecision(),
    kernels: Object.values(kernelNames).filter((kernel) => hasKernel(kernel)),
    missing: trainingKernels.filter((kernel) => !getKernel(kernel, engine().backendName)),
    convGflops: await measureConvolution(),
  };
}

/** The best of three runs of a convolution whose batch was chosen so that a run takes about 100 ms. */
async function measureConvolution(): Promise<number> {
  const targetMs = 100;
  await timeConvolution(1);
  const once = await timeConvolution(1);
  const batch = Math.max(1, Math.min(256, Math.round(targetMs / once.wallMs)));
  const runs = [await timeConvolution(batch), await timeConvolution(batch), await timeConvolution(batch)];
  return Math.max(...runs.map(({ operations, wallMs }) => operations / wallMs / 1e6));
}

/** One convolution 3x3 from 16 to 32 channels on images of 32 by 32 pixels, the size of an early layer. */
async function timeConvolution(batch: number): Promise<{ operations: number; wallMs: number }> {
  const [x, filter] = [ones([batch, 32, 32, 16]) as Tensor4D, ones([3, 3, 16, 32]) as Tensor4D];
  const start = performance.now();
  const y = tidy(() => conv2d(x, filter, 1, "same"));
  await y.data();
  const wallMs = performance.now() - start;
  for (const made of [x, filter, y]) made.dispose();
  return { operations: 2 * batch * 32 * 32 * 32 * 9 * 16, wallMs };
}
