import type { FeedbackDefinition } from "./definition.ts";
import { networkAttack } from "./network-attack.ts";

/**
 * A perceptron on phi and the margin (2-32-1, GELU).
 *
 * Signal: Carlini et al., 2022.
 */
export const phiMarginMlp: FeedbackDefinition = networkAttack({
  name: "phi-margin-mlp",
  signals: ["phi", "margin"],
  hidden: [32],
  activation: "gelu",
});
