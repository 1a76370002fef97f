import {
  addN,
  dispose,
  div,
  keep,
  mean,
  tensor1d,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor1D,
} from "@tensorflow/tfjs-core";

import type { FeedbackAttack, IndexSet, ModelWeights, Rng } from "@ltu/core";
import { metaGradient, type Loss, type MetaGradient } from "@ltu/meta-opt";

import { standardScore } from "./attack-scores.ts";
import { countGradient } from "./cost-ledger.ts";
import { forgetLoss } from "./forget-target.ts";
import type { LtuContext } from "./ltu-context.ts";

/** The sets of one forgetting feedback. */
export interface ForgetSets {
  /** A batch of the forget set, in random order. */
  readonly audit: IndexSet;
  readonly rng: Rng;
}

/** The forgetting gradient with its parts, and how much the audit samples look like members. */
export interface ForgetFeedback extends MetaGradient {
  /** Mean of the support attack's logits on its audit half, in spreads above the non-members' mean. */
  readonly attackMean: number;
}

/**
 * Forgetting feedback: what would make the membership attacks take the forget set for samples never seen?
 *
 * One attack at random, on one half of the audit batch, is the support; all others, on the other half, are the
 * queries, one set each. Support and query thus differ in attack and in data. With a single attack the query uses
 * it too, on the other half. The attacks are frozen; the gradient flows through their inputs into the weights.
 *
 * Audit images are not augmented. All query attacks read the same half, so one forward pass serves them.
 *
 * @returns The gradient with its parts; the caller disposes all of it.
 */
export async function forgetFeedback(
  { model, batches, attacks, options, ledger }: LtuContext,
  weights: ModelWeights,
  { audit, rng }: ForgetSets,
): Promise<ForgetFeedback> {
  const { innerLr, testWeight, order, attackBatchNorm } = options;
  const chosen = rng.integer(attacks.length);
  const supportAttack = attacks[chosen] as FeedbackAttack;
  const queryAttacks = attacks.length === 1 ? attacks : attacks.filter((_, k) => k !== chosen);
  const half = Math.floor(audit.length / 2);
  // A single audit sample is both halves.
  const [supportHalf, queryHalf] = half === 0 ? [audit, audit] : [audit.slice(0, half), audit.slice(half)];
  const held: Tensor[] = [];
  let attackMean: Scalar | undefined;
  const lossOn = (set: IndexSet, setAttacks: readonly FeedbackAttack[]): Loss => {
    const { images, labels } = batches(set);
    const labelTensor: Tensor1D = tensor1d(labels, "int32");
    held.push(images, labelTensor);
    return (params) => {
      const { logits } = model.apply({ params, stats: weights.stats }, images, { mode: attackBatchNorm });
      // The first evaluation of all is the support at the current weights.
      attackMean ??= tidy(() =>
        keep(mean(standardScore(setAttacks, logits, labelTensor, { indexes: set })) as Scalar),
      );
      const losses = setAttacks.map((attack) =>
        forgetLoss(attack, logits, labelTensor, { ...options, indexes: set }),
      );
      return div(addN(losses), losses.length) as Scalar;
    };
  };
  try {
    const tune = lossOn(supportHalf, [supportAttack]);
    const test = lossOn(queryHalf, queryAttacks);
    const result = await metaGradient(weights.params, tune, [test], { innerLr, testWeight, order });
    countGradient(ledger, result.evaluations.tune * supportHalf.length + queryHalf.length);
    const [value] = await (attackMean as unknown as Scalar).data();
    return { ...result, attackMean: value as number };
  } finally {
    dispose(held);
    (attackMean as Scalar | undefined)?.dispose();
  }
}
