export { adam, type AdamOptions } from "./adam.ts";
export { checkedBatches } from "./checked-batches.ts";
export { decodeCheckpoint, encodeCheckpoint, loadCheckpoint, type Checkpoint } from "./checkpoint.ts";
export { epochMeans } from "./epoch-means.ts";
export {
  plainEpochs,
  type EpochPlan,
  type LabelledSet,
  type Phase,
  type UnionPhase,
  type ZippedPhase,
} from "./epoch-plan.ts";
export { checkFiniteWeights } from "./finite-weights.ts";
export { fit, type FitRequest, type FitResult, type Prepared } from "./fit.ts";
export {
  crossEntropy,
  crossEntropyObjective,
  type Objective,
  type ObjectiveInput,
  type PassOutput,
  type StepPlace,
} from "./losses.ts";
export { checkModelAndData } from "./model-and-data.ts";
export type { Optimizer, OptimizerStep } from "./optimizer.ts";
export { predictFeatures, type PredictedFeatures } from "./predict-features.ts";
export { predict, type PredictOptions } from "./predict.ts";
export { checkRecipe, resolveRecipe, type Recipe } from "./recipe.ts";
export {
  constant,
  cosine,
  createSchedule,
  oneCycle,
  stepDecay,
  type ConstantOptions,
  type CosineOptions,
  type OneCycleOptions,
  type Schedule,
  type ScheduleOptions,
  type ScheduleValue,
  type StepDecayOptions,
} from "./schedules.ts";
export { sgd } from "./sgd.ts";
export {
  trainStep,
  type StepBatch,
  type TrainStepInput,
  type TrainStepOptions,
  type TrainStepResult,
} from "./train-step.ts";
export { createTurn } from "./turn.ts";
