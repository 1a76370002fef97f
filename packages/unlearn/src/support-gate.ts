import { cast, greater, tidy, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";

import type { FeedbackAttack, IndexSet, Model, ModelWeights } from "@ltu/core";

import { scoreOverRank, standardScore } from "./attack-scores.ts";

/**
 * Which support samples still look like members: 1 where their mean score over the attacks is above 0, else 0.
 *
 * A sample that attacks take for a non-member is forgotten already; a random label would push it further than a
 * retrained model does. `byRank` asks it of the whole batch: a model that generalises is sure of most non-members, and
 * where they lie above their mean, forgotten samples may too.
 *
 * @param images - The support images; borrowed.
 * @param labels - Their true labels, int32 `[batch]`; borrowed.
 * @returns `[batch]` of 0 and 1; the caller disposes it.
 */
export function supportGate(
  {
    model,
    weights,
    attacks,
    indexes,
    byRank = false,
  }: {
    readonly model: Model;
    readonly weights: ModelWeights;
    readonly attacks: readonly FeedbackAttack[];
    /** Which samples they are, for attacks that compare with reference models. */
    readonly indexes?: IndexSet | undefined;
    /** Whether a sample is measured from the non-members' quantile of its rank, instead of their mean. */
    readonly byRank?: boolean;
  },
  images: Tensor4D,
  labels: Tensor1D,
): Tensor1D {
  return tidy(() => {
    const { logits } = model.apply(weights, images, { mode: "eval" });
    const score = (byRank ? scoreOverRank : standardScore)(attacks, logits, labels, indexes && { indexes });
    return cast(greater(score, 0), "float32") as Tensor1D;
  });
}
