import { tensor1d, tidy, type Scalar, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";

import {
  cloneParams,
  disposeParams,
  valueAndGradient,
  type ForwardMode,
  type IndexSet,
  type Model,
  type ModelWeights,
  type Params,
  type SgdStepOptions,
} from "@ltu/core";

import { crossEntropyObjective, type Objective, type PassOutput, type StepPlace } from "./losses.ts";
import type { Optimizer } from "./optimizer.ts";
import { sgd } from "./sgd.ts";

/** The images of one forward pass; everything is borrowed. */
export interface StepBatch {
  /** `[batch, height, width, channels]` in [0, 1]. */
  readonly images: Tensor4D;
  /** The labels to train on, `[batch]`. */
  readonly labels: Int32Array;
  /** Which samples they are; default 0, 1, 2, ... */
  readonly indexes?: IndexSet | undefined;
  /** For each sample the set it comes from; default all 0. */
  readonly sets?: Uint8Array | undefined;
  /** Whatever the objective compares with, such as a teacher's logits. */
  readonly target?: Tensor | undefined;
}

/** What one step starts from; everything is borrowed. */
export interface TrainStepInput {
  readonly model: Model;
  readonly weights: ModelWeights;
  /** The optimizer's state: for SGD its velocity. */
  readonly velocity: Params;
  /** One forward pass each, in this order. */
  readonly batches: readonly [StepBatch, ...StepBatch[]];
}

/** How one step is made. */
export interface TrainStepOptions extends SgdStepOptions {
  /** What to minimise; default cross-entropy of the first batch. */
  readonly objective?: Objective | undefined;
  /** Default SGD. */
  readonly optimizer?: Optimizer | undefined;
  /** How batch norm behaves; default `"train"`. */
  readonly mode?: ForwardMode | undefined;
  /** Where the step stands; default the first of one. */
  readonly place?: StepPlace | undefined;
}

/** What one step leaves; the caller disposes all of it. */
export interface TrainStepResult {
  readonly weights: ModelWeights;
  readonly velocity: Params;
  /** The objective before the step. */
  readonly loss: Scalar;
}

const onlyStep: StepPlace = { step: 0, steps: 1, epoch: 0, epochs: 1, stepInEpoch: 0, phase: 0 };

/**
 * One step of training: a forward pass for each batch, gradient, step of the optimizer. In mode `"train"` the running
 * statistics move with each pass, one after the other.
 *
 * @returns New weights with new running statistics, new state of the optimizer and the loss; the caller disposes
 *   them, and the old ones when it no longer needs them.
 */
export function trainStep(
  { model, weights, velocity, batches }: TrainStepInput,
  {
    objective = crossEntropyObjective,
    optimizer = sgd,
    mode = "train",
    place = onlyStep,
    ...rates
  }: TrainStepOptions,
): TrainStepResult {
  let stats: Params | undefined;
  try {
    return tidy(() => {
      const labels = batches.map((batch) => tensor1d(batch.labels, "int32"));
      const { value, gradient } = valueAndGradient((params) => {
        const passes = batches.map((batch, i): PassOutput => {
          const before = stats;
          const output = model.apply({ params, stats: before ?? weights.stats }, batch.images, { mode });
          if (output.stats !== undefined) {
            stats = output.stats;
            disposeParams(before ?? {});
          }
          const size = batch.labels.length;
          return {
            output,
            labels: labels[i] as PassOutput["labels"],
            indexes: batch.indexes ?? Int32Array.from({ length: size }, (_, sample) => sample),
            sets: batch.sets ?? new Uint8Array(size),
            target: batch.target,
          };
        });
        return objective({ ...(passes[0] as PassOutput), passes, params, place });
      }, weights.params);
      const next = optimizer.step(weights.params, gradient, velocity, { ...rates, place });
      return {
        weights: { params: next.params, stats: stats ?? cloneParams(weights.stats) },
        velocity: next.state,
        loss: value,
      } as never;
    }) as unknown as TrainStepResult;
  } catch (error) {
    // Running statistics are kept through the tidy, so a failed step must release them itself.
    disposeParams(stats ?? {});
    throw error;
  }
}
