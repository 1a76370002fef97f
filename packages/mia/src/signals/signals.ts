import { expandDims, tidy, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { entropy, entropyFloat64 } from "./entropy.ts";
import { logsumexp, logsumexpFloat64 } from "./logsumexp.ts";
import { loss, lossFloat64 } from "./loss.ts";
import { margin, marginFloat64 } from "./margin.ts";
import { modifiedEntropy, modifiedEntropyFloat64 } from "./modified-entropy.ts";
import { phi, phiFloat64 } from "./phi.ts";
import { topProbabilities, topProbabilitiesFloat64 } from "./top-probabilities.ts";
import { trueProbability, trueProbabilityFloat64 } from "./true-probability.ts";

/** A membership signal in its two forms, which agree within float32. */
export interface Signal {
  /** Numbers for each sample. */
  width(classes: number): number;
  /** Whether it depends on the true labels. */
  readonly readsLabels: boolean;
  /** Differentiable in `logits`; `[batch, width]`, and the caller disposes it. */
  tensor(logits: Tensor2D, labels: Tensor1D): Tensor2D;
  /** `[samples, width]` row-major. */
  float64(predictions: Predictions): Float64Array;
}

export type SignalName =
  | "entropy"
  | "logsumexp"
  | "loss"
  | "margin"
  | "modifiedEntropy"
  | "phi"
  | "topProbabilities"
  | "trueProbability";

/** A signal that is one number a sample. */
function scalarSignal(
  tensor: (logits: Tensor2D, labels: Tensor1D) => Tensor1D,
  float64: (predictions: Predictions) => Float64Array,
  readsLabels = true,
): Signal {
  return {
    width: () => 1,
    readsLabels,
    tensor: (logits, labels) => tidy(() => expandDims(tensor(logits, labels), 1)),
    float64: (predictions) => float64(predictions),
  };
}

/** The differentiable signals by name: what a feedback attack may read. `topProbabilities` takes the ten largest. */
export const signals: Readonly<Record<SignalName, Signal>> = {
  entropy: scalarSignal(entropy, entropyFloat64, false),
  logsumexp: scalarSignal(logsumexp, logsumexpFloat64, false),
  loss: scalarSignal(loss, lossFloat64),
  margin: scalarSignal(margin, marginFloat64),
  modifiedEntropy: scalarSignal(modifiedEntropy, modifiedEntropyFloat64),
  phi: scalarSignal(phi, phiFloat64),
  topProbabilities: {
    width: (classes) => Math.min(10, classes),
    readsLabels: false,
    tensor: (logits) => topProbabilities(logits),
    float64: (predictions) => topProbabilitiesFloat64(predictions),
  },
  trueProbability: scalarSignal(trueProbability, trueProbabilityFloat64),
};
