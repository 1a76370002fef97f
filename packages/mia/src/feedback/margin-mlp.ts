import type { FeedbackDefinition } from "./definition.ts";
import { networkAttack } from "./network-attack.ts";

/**
 * A perceptron on the margin z_y - max_{j != y} z_j alone (1-16-1, tanh).
 */
export const marginMlp: FeedbackDefinition = networkAttack({
  name: "margin-mlp",
  signals: ["margin"],
  hidden: [16],
  activation: "tanh",
});
