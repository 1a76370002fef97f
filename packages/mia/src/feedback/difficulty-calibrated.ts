import { div, sub, type Tensor1D } from "@tensorflow/tfjs-core";

import { loss, lossFloat64 } from "../signals/loss.ts";
import type { AttackOutputs, FeedbackDefinition } from "./definition.ts";
import { fitThreshold, thresholdProblem, type FittedThreshold } from "./fit-threshold.ts";

/**
 * The loss, calibrated by how difficult the sample is for models that have never seen it:
 *
 * d = mean over reference models of loss_r - loss;  logit = (d - threshold) / scale
 *
 * That is s(target, x) - mean_r s(r, x) with the score s = -loss: an easy sample has a low loss whether it was a member
 * or not, and is told apart here.
 *
 * Source: Watson et al., On the Importance of Difficulty Calibration in Membership Inference Attacks, 2022, section 3.
 * The soft form is ours; so is that reference models are trained on a part of the validation set.
 */
export const difficultyCalibrated: FeedbackDefinition<FittedThreshold> = {
  name: "difficulty-calibrated",
  readsLabels: true,
  reference: (outputs) => lossFloat64(outputs),
  fit: ({ members, nonMembers }) => fitThreshold(calibrated(members), calibrated(nonMembers)),
  score: ({ threshold, scale }, { logits, labels, reference }) =>
    div(sub(sub(reference as Tensor1D, loss(logits, labels)), threshold), scale),
  scoreFloat64: ({ threshold, scale }, outputs) =>
    calibrated(outputs).map((value) => (value - threshold) / scale),
  problem: thresholdProblem,
};

function calibrated(outputs: AttackOutputs): Float64Array {
  return lossFloat64(outputs).map((value, i) => (outputs.reference?.[i] as number) - value);
}
