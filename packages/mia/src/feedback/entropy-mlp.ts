import type { FeedbackDefinition } from "./definition.ts";

/**
 * A perceptron on entropy and modified entropy (2-16-1, tanh).
 *
 * Signals: Salem et al., 2019; Song and Mittal, 2021.
 */
export const entropyMlp: FeedbackDefinition = {
  name: "entropy-mlp",
  signals: ["entropy", "modifiedEntropy"],
  hidden: [16],
  activation: "tanh",
};
