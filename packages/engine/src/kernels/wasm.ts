import { getKernel, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";

import { batchMatMulWasm } from "./batch-mat-mul/wasm.ts";
import { batchNormWasm } from "./batch-norm/wasm.ts";
import { conv2dWasm } from "./conv2d/wasm.ts";
import { conv2dBackpropFilterWasm } from "./conv2d-backprop-filter/wasm.ts";
import { conv2dBackpropInputWasm } from "./conv2d-backprop-input/wasm.ts";
import { reluGradWasm } from "./relu-grad/wasm.ts";
import { sgdStepWasm } from "./sgd-step/wasm.ts";
import { softmaxCrossEntropyWasm } from "./softmax-cross-entropy/wasm.ts";
import { unsortedSegmentSumWasm } from "./unsorted-segment-sum/wasm.ts";

/** Registers every kernel of ours for the wasm backend, in place of tfjs's own where it has one of that name. */
export function registerWasmKernels(): void {
  for (const config of [
    batchMatMulWasm(),
    ...batchNormWasm,
    conv2dWasm(),
    ...conv2dBackpropFilterWasm,
    ...conv2dBackpropInputWasm,
    ...reluGradWasm,
    ...sgdStepWasm,
    ...softmaxCrossEntropyWasm,
    ...unsortedSegmentSumWasm,
  ]) {
    if (getKernel(config.kernelName, "wasm")) unregisterKernel(config.kernelName, "wasm");
    registerKernel(config);
  }
}
