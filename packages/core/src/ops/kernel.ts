import { engine, getKernel, type NamedTensorMap, type Tensor } from "@tensorflow/tfjs-core";

/**
 * Names of the fast kernels that an engine may register (in `@ltu/engine`, `kernels/<op>/<backend>.ts`).
 * An op of this folder runs the kernel where the current backend has one and its composed form otherwise; the
 * names that end in `Grad` are run by the gradients that `@ltu/engine` registers.
 */
export const kernelNames = {
  batchNormTraining: "LtuBatchNormTraining",
  batchNormTrainingGrad: "LtuBatchNormTrainingGrad",
  batchNormInference: "LtuBatchNormInference",
  batchNormInferenceGrad: "LtuBatchNormInferenceGrad",
  softmaxCrossEntropy: "LtuSoftmaxCrossEntropy",
  softmaxCrossEntropyGrad: "LtuSoftmaxCrossEntropyGrad",
  reluGrad: "LtuReluGrad",
  sgdStep: "LtuSgdStep",
} as const;

/** Whether the current backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return Boolean(getKernel(name, engine().backendName));
}

/** Runs a kernel of the current backend; its gradient, if registered, is taped. */
export function runKernel(name: string, inputs: Record<string, Tensor>, attrs: object = {}): Tensor[] {
  const result = engine().runKernel(name, inputs as NamedTensorMap, attrs as never) as Tensor | Tensor[];
  return Array.isArray(result) ? result : [result];
}
