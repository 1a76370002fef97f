import { mean, tidy, type Scalar, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import { softmaxCrossEntropy, type ModelOutput, type Params } from "@ltu/core";

/** What a training objective sees of one batch. */
export interface ObjectiveInput {
  readonly output: ModelOutput;
  /** The labels trained on, int32 `[batch]`. */
  readonly labels: Tensor1D;
  /** The current parameters, for penalties. */
  readonly params: Params;
}

/** What a step minimises: one number for a batch. */
export type Objective = (input: ObjectiveInput) => Scalar;

/**
 * Cross-entropy of a batch: the mean over its samples of logsumexp(z) - z[y].
 *
 * @param logits - `[batch, classes]`.
 * @param labels - int32 `[batch]`.
 * @returns A scalar; the caller disposes it.
 */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D): Scalar {
  return tidy(() => mean(softmaxCrossEntropy(logits, labels)) as Scalar);
}

/** The usual objective: {@link crossEntropy} of the logits. */
export const crossEntropyObjective: Objective = ({ output, labels }) => crossEntropy(output.logits, labels);
