import { cast, greater, tidy, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";

import type { FeedbackAttack, IndexSet, Model, ModelWeights } from "@ltu/core";

import { standardScore } from "./attack-scores.ts";

/**
 * Which support samples still look like members: 1 where the mean standardised attack logit is above 0, else 0.
 *
 * A sample that attacks take for a non-member is forgotten already; a random label would push it further than a
 * retrained model does.
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
  }: {
    readonly model: Model;
    readonly weights: ModelWeights;
    readonly attacks: readonly FeedbackAttack[];
    /** Which samples they are, for attacks that compare with reference models. */
    readonly indexes?: IndexSet | undefined;
  },
  images: Tensor4D,
  labels: Tensor1D,
): Tensor1D {
  return tidy(() => {
    const { logits } = model.apply(weights, images, { mode: "eval" });
    const score = standardScore(attacks, logits, labels, indexes && { indexes });
    return cast(greater(score, 0), "float32") as Tensor1D;
  });
}
