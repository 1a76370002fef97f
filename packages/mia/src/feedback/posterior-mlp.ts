import type { FeedbackDefinition } from "./definition.ts";
import { networkAttack } from "./network-attack.ts";

/**
 * A perceptron on the ten largest probabilities, sorted, and the true class's (11-64-32-1, ReLU).
 *
 * Signals: Shokri et al., 2017; sorted as in Salem et al., 2019.
 */
export const posteriorMlp: FeedbackDefinition = networkAttack({
  name: "posterior-mlp",
  signals: ["topProbabilities", "trueProbability"],
  hidden: [64, 32],
  activation: "relu",
});
