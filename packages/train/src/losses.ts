import { mean, tidy, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import { softmaxCrossEntropy, type IndexSet, type ModelOutput, type Params } from "@ltu/core";

/** Where a step stands in its run; epochs and steps are counted from 0. */
export interface StepPlace {
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  /** The step within its epoch. */
  readonly stepInEpoch: number;
  /** Which phase of the epoch the step belongs to. */
  readonly phase: number;
}

/** One forward pass of a step: what went in and what came out. */
export interface PassOutput {
  readonly output: ModelOutput;
  /** The labels trained on, int32 `[batch]`. */
  readonly labels: Tensor1D;
  /** Which samples they are. */
  readonly indexes: IndexSet;
  /** For each sample the place of its set within the phase of the epoch plan. */
  readonly sets: Uint8Array;
  /** What `prepare` made for the batch. */
  readonly target?: Tensor | undefined;
}

/** What a training objective sees of one step: its batch, and where a phase is zipped the batches beside it. */
export interface ObjectiveInput extends PassOutput {
  /** All passes of the step, that of the first batch included. */
  readonly passes: readonly PassOutput[];
  /** The current parameters, for penalties. */
  readonly params: Params;
  readonly place: StepPlace;
}

/** What a step minimises: one number. */
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
