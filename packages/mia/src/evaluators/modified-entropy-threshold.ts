import { modifiedEntropyFloat64 } from "../signals/modified-entropy.ts";
import type { Evaluator } from "./evaluator.ts";
import { signalThreshold, type SignalThresholdOptions } from "./signal-threshold.ts";

/**
 * A threshold on the modified entropy, which is low only where the model is sure and right. See {@link signalThreshold}.
 *
 * Source: Song and Mittal, Systematic Evaluation of Privacy Risks, 2021 (arXiv 2003.10595), section 3.2.
 */
export function modifiedEntropyThreshold(options: SignalThresholdOptions = {}): Evaluator {
  return signalThreshold(
    "modified-entropy-threshold",
    "entropy",
    { signal: (outputs) => modifiedEntropyFloat64(outputs), readsLabels: true },
    options,
  );
}
