import { tensor1d, tidy, type Scalar, type Tensor4D } from "@tensorflow/tfjs-core";

import {
  disposeParams,
  valueAndGradient,
  type Model,
  type ModelWeights,
  type Params,
  type SgdStepOptions,
} from "@ltu/core";

import { crossEntropyObjective, type Objective } from "./losses.ts";
import { sgd } from "./sgd.ts";

/** What one step starts from; everything is borrowed. */
export interface TrainStepInput {
  readonly model: Model;
  readonly weights: ModelWeights;
  /** The optimizer's velocity. */
  readonly velocity: Params;
  /** `[batch, height, width, channels]` in [0, 1]. */
  readonly images: Tensor4D;
  /** `[batch]`. */
  readonly labels: Int32Array;
}

/** What one step leaves; the caller disposes all of it. */
export interface TrainStepResult {
  readonly weights: ModelWeights;
  readonly velocity: Params;
  /** The objective before the step. */
  readonly loss: Scalar;
}

/**
 * One step of training: forward pass in mode `"train"`, gradient, SGD step.
 *
 * @param options - Rate, momentum, weight decay; `objective` is what to minimise, cross-entropy by default.
 * @returns New weights with new running statistics, new velocity and the loss; the caller disposes them, and the
 *   old ones when it no longer needs them.
 */
export function trainStep(
  { model, weights, velocity, images, labels }: TrainStepInput,
  {
    objective = crossEntropyObjective,
    ...rates
  }: SgdStepOptions & { readonly objective?: Objective | undefined },
): TrainStepResult {
  let stats: Params | undefined;
  try {
    return tidy(() => {
      const labelTensor = tensor1d(labels, "int32");
      const { value, gradient } = valueAndGradient((params) => {
        const output = model.apply({ params, stats: weights.stats }, images, { mode: "train" });
        stats = output.stats;
        return objective({ output, labels: labelTensor, params });
      }, weights.params);
      const next = sgd.step(weights.params, gradient, velocity, rates);
      return {
        weights: { params: next.params, stats: stats ?? {} },
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
