import type { FeedbackDefinition } from "./definition.ts";
import { networkAttack } from "./network-attack.ts";

/**
 * Logistic regression on the true class's probability and the loss (2-1).
 *
 * Signals: Salem et al., 2019 (confidence); Yeom et al., 2018 (loss).
 */
export const logistic: FeedbackDefinition = networkAttack({
  name: "logistic",
  signals: ["trueProbability", "loss"],
  hidden: [],
  activation: "tanh",
});
