export type {
  AttackContext,
  EvaluatorAttack,
  FeedbackAttack,
  NonMemberStatistics,
  Predictions,
} from "./contracts/attack.ts";
export type { Batch, BatchSource, Dataset, IndexSet } from "./contracts/dataset.ts";
export type { ForwardMode, Model, ModelOutput, ModelWeights, PerSampleLoss } from "./contracts/model.ts";
export type { CheckpointPort, OnProgress, ProgressEvent } from "./contracts/progress.ts";
export type {
  Cost,
  RetainAccess,
  Unlearner,
  UnlearnerExpects,
  UnlearnerNeeds,
  UnlearnRequest,
  UnlearnResult,
} from "./contracts/unlearner.ts";
export { isLtuError, LtuError, type LtuErrorCode } from "./errors.ts";
export { valueAndGradient, type ValueAndGradient } from "./gradients.ts";
export {
  batchNormInference,
  batchNormTraining,
  type BatchNormOptions,
  type BatchNormTrainingResult,
} from "./ops/batch-norm.ts";
export { hasKernel, kernelNames, runKernel } from "./ops/kernel.ts";
export { sgdStep, type SgdStepOptions } from "./ops/sgd-step.ts";
export { softmaxCrossEntropy } from "./ops/softmax-cross-entropy.ts";
export {
  addScaledParams,
  dotParams,
  gramian,
  normParams,
  scaleParams,
  weightedSumParams,
} from "./params-math.ts";
export { cloneParams, disposeParams, mapParams, paramCount, zipParams, type Params } from "./params.ts";
export { createRng, streamOf, type Rng } from "./rng.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsDtype,
  type SafetensorsFile,
  type StoredTensor,
} from "./safetensors.ts";
export { decodeTensors, encodeTensors, type DecodedTensors } from "./serialize.ts";
export { stillRng } from "./still-rng.ts";
