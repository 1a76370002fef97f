import { lossFloat64 } from "../signals/loss.ts";
import type { Evaluator } from "./evaluator.ts";
import { signalThreshold, type SignalThresholdOptions } from "./signal-threshold.ts";

/**
 * A threshold on the loss: a model has a low loss on what it was trained on. See {@link signalThreshold}.
 *
 * Source: Yeom et al., Privacy Risk in Machine Learning, 2018 (arXiv 1709.01604); for each class, Song and Mittal, 2021,
 * section 3.2.
 */
export function lossThreshold(options: SignalThresholdOptions = {}): Evaluator {
  return signalThreshold(
    "loss-threshold",
    "confidence",
    { signal: (outputs) => lossFloat64(outputs), readsLabels: true },
    options,
  );
}
