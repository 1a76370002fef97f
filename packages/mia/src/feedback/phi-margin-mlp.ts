import type { FeedbackDefinition } from "./definition.ts";

/**
 * A perceptron on phi and the margin (2-32-1, GELU).
 *
 * Signal: Carlini et al., 2022.
 */
export const phiMarginMlp: FeedbackDefinition = {
  name: "phi-margin-mlp",
  signals: ["phi", "margin"],
  hidden: [32],
  activation: "gelu",
};
