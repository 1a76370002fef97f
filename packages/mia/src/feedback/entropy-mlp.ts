import type { FeedbackDefinition } from "./definition.ts";
import { networkAttack } from "./network-attack.ts";

/**
 * A perceptron on entropy and modified entropy (2-16-1, tanh).
 *
 * Signals: Salem et al., 2019; Song and Mittal, 2021.
 */
export const entropyMlp: FeedbackDefinition = networkAttack({
  name: "entropy-mlp",
  signals: ["entropy", "modifiedEntropy"],
  hidden: [16],
  activation: "tanh",
});
