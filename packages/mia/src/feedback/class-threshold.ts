import { div, gather, sub, tensor1d, type Tensor1D } from "@tensorflow/tfjs-core";

import { loss, lossFloat64 } from "../signals/loss.ts";
import type { AttackOutputs, FeedbackDefinition } from "./definition.ts";
import { bestThreshold, spreadOrOne } from "./fit-threshold.ts";

/** Below this many fitting members, or non-members, of a class its threshold is that of all classes together. */
export const minClassSamples = 10;

/** The fitted numbers of {@link classThreshold}. */
export interface FittedClassThreshold {
  /** t_y of each class: the loss below which a sample is called a member. */
  readonly thresholds: readonly number[];
  readonly scale: number;
}

/**
 * A threshold on the loss for each class, made soft:
 *
 * logit = (t_y - loss) / scale, so that A = sigmoid((t_y - loss) / scale)
 *
 * t_y parts members and non-members of class y with the best balanced accuracy. A class with fewer than 10 fitting
 * members or fewer than 10 fitting non-members takes the threshold of all classes together. The scale is the standard
 * deviation of t_y - loss over the fitting non-members.
 *
 * Source: Song and Mittal, 2021, section 3.2 (class-dependent thresholds); Yeom et al., 2018 (loss). The soft form, the
 * scale and the rule for small classes are ours.
 */
export const classThreshold: FeedbackDefinition<FittedClassThreshold> = {
  name: "class-threshold",
  readsLabels: true,
  fit: ({ members, nonMembers }) => {
    const [memberSide, nonMemberSide] = [negativeLosses(members), negativeLosses(nonMembers)];
    const overall = -bestThreshold(memberSide, nonMemberSide);
    const thresholds = Array.from({ length: members.classes }, (_, y) => {
      const [inside, outside] = [ofClass(memberSide, members, y), ofClass(nonMemberSide, nonMembers, y)];
      const few = Math.min(inside.length, outside.length) < minClassSamples;
      return few ? overall : -bestThreshold(inside, outside);
    });
    const distances = nonMemberSide.map(
      (value, i) => (thresholds[nonMembers.labels[i] as number] as number) + value,
    );
    return { thresholds, scale: spreadOrOne(distances) };
  },
  score: ({ thresholds, scale }, { logits, labels }) => {
    const threshold: Tensor1D = gather(tensor1d(thresholds as number[], "float32"), labels);
    return div(sub(threshold, loss(logits, labels)), scale);
  },
  scoreFloat64: ({ thresholds, scale }, outputs) =>
    negativeLosses(outputs).map(
      (value, i) => ((thresholds[outputs.labels[i] as number] as number) + value) / scale,
    ),
  problem: ({ thresholds, scale }, classes) =>
    Array.isArray(thresholds) && thresholds.length === classes && scale > 0
      ? undefined
      : `${classes} thresholds and a positive scale are needed`,
};

function negativeLosses(outputs: AttackOutputs): Float64Array {
  return lossFloat64(outputs).map((value) => -value);
}

function ofClass(values: Float64Array, { labels }: AttackOutputs, label: number): Float64Array {
  return values.filter((_, i) => labels[i] === label);
}
