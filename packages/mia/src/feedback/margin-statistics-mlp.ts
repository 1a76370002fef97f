import type { FeedbackDefinition } from "./definition.ts";
import { networkAttack } from "./network-attack.ts";

/**
 * A perceptron on margin, logsumexp and loss (3-32-1, GELU): it also sees the scale of the logits.
 */
export const marginStatisticsMlp: FeedbackDefinition = networkAttack({
  name: "margin-statistics-mlp",
  signals: ["margin", "logsumexp", "loss"],
  hidden: [32],
  activation: "gelu",
});
