import { entropyFloat64 } from "../signals/entropy.ts";
import type { Evaluator } from "./evaluator.ts";
import { signalThreshold, type SignalThresholdOptions } from "./signal-threshold.ts";

/**
 * A threshold on the entropy of the output: a model is sure of what it was trained on, right or wrong. It reads no label
 * unless it has a threshold for each class. See {@link signalThreshold}.
 *
 * Source: Salem et al., ML-Leaks, 2019 (arXiv 1806.01246); for each class, Song and Mittal, 2021, section 3.2.
 */
export function entropyThreshold(options: SignalThresholdOptions = {}): Evaluator {
  return signalThreshold(
    "entropy-threshold",
    "entropy",
    { signal: (outputs) => entropyFloat64(outputs), readsLabels: false },
    options,
  );
}
