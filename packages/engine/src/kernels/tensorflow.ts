import { registerBatchNorm } from "./batch-norm/tensorflow.ts";
import { registerConv2d } from "./conv2d/tensorflow.ts";
import { registerConv2dBackpropFilter } from "./conv2d-backprop-filter/tensorflow.ts";
import { registerConv2dBackpropInput } from "./conv2d-backprop-input/tensorflow.ts";
import { registerReluGrad } from "./relu-grad/tensorflow.ts";
import { registerSgdStep } from "./sgd-step/tensorflow.ts";
import { registerSoftmaxCrossEntropy } from "./softmax-cross-entropy/tensorflow.ts";

/**
 * Registers every kernel of ours for tfjs-node's backend.
 *
 * @param gpu - Whether it computes on a GPU, where batch norm takes its composed form (see there).
 */
export function registerTensorflowKernels({ gpu }: { readonly gpu: boolean }): void {
  if (!gpu) registerBatchNorm();
  registerConv2d();
  registerConv2dBackpropFilter();
  registerConv2dBackpropInput();
  registerReluGrad();
  registerSgdStep();
  registerSoftmaxCrossEntropy();
}
