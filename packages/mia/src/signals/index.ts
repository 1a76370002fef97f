export { correctnessFloat64 } from "./correctness.ts";
export { detached } from "./detached.ts";
export { entropy, entropyFloat64 } from "./entropy.ts";
export { logsumexp, logsumexpFloat64 } from "./logsumexp.ts";
export { loss, lossFloat64 } from "./loss.ts";
export { margin, marginFloat64 } from "./margin.ts";
export { modifiedEntropy, modifiedEntropyFloat64 } from "./modified-entropy.ts";
export { phi, phiFloat64 } from "./phi.ts";
export { signals, type Signal, type SignalName } from "./signals.ts";
export {
  topLogits,
  topProbabilities,
  topProbabilitiesFloat64,
  type TopOptions,
} from "./top-probabilities.ts";
export { trueProbability, trueProbabilityFloat64, type ClampOptions } from "./true-probability.ts";
