import type { FeedbackDefinition } from "./definition.ts";
import { networkAttack } from "./network-attack.ts";

/**
 * Logistic regression on phi = log(p_y / (1 - p_y)) (1-1): a threshold on the signal of LiRA.
 *
 * Signal: Carlini et al., 2022.
 */
export const phiLogistic: FeedbackDefinition = networkAttack({
  name: "phi-logistic",
  signals: ["phi"],
  hidden: [],
  activation: "tanh",
});
