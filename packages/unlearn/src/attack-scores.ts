import { addN, div, sub, tidy, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { AttackContext, FeedbackAttack } from "@ltu/core";

import { midQuantiles, targetsByRank } from "./quantile-targets.ts";

/** The spread of an attack's logits over non-members; 1 for an attack that gives all of them the same. */
export function spreadOf({ nonMember }: FeedbackAttack): number {
  return nonMember.spread > 0 ? nonMember.spread : 1;
}

/**
 * How far each sample lies above the non-members, in their spreads: mean over attacks of (u - mean) / spread.
 *
 * @param logits - `[batch, classes]`.
 * @param labels - True labels, int32 `[batch]`.
 * @param context - Which samples they are, for attacks that compare with reference models.
 * @returns `[batch]`; the caller disposes it.
 */
export function standardScore(
  attacks: readonly FeedbackAttack[],
  logits: Tensor2D,
  labels: Tensor1D,
  context?: AttackContext,
): Tensor1D {
  return scoreOver(({ nonMember }) => nonMember.mean, { attacks, logits, labels, context });
}

/**
 * How far each sample lies above the non-member of its rank, in the non-members' spreads: mean over attacks of
 * (u_(i) - q_i) / spread, where u_(i) is the i-th smallest of the batch's n logits and q_i the quantile (i + 0.5) / n of the
 * non-members'. 0 everywhere for a batch that is distributed as non-members are.
 *
 * @param logits - `[batch, classes]`.
 * @param labels - True labels, int32 `[batch]`.
 * @param context - Which samples they are, for attacks that compare with reference models.
 * @returns `[batch]`; the caller disposes it.
 */
export function scoreOverRank(
  attacks: readonly FeedbackAttack[],
  logits: Tensor2D,
  labels: Tensor1D,
  context?: AttackContext,
): Tensor1D {
  const quantiles = ({ nonMember }: FeedbackAttack, own: Tensor1D): Tensor1D =>
    targetsByRank(own, midQuantiles(nonMember.sorted, labels.shape[0]));
  return scoreOver(quantiles, { attacks, logits, labels, context });
}

/** Mean over attacks of (u - level) / spread; a level may follow the logits u. */
function scoreOver(
  levelOf: (attack: FeedbackAttack, own: Tensor1D) => Tensor1D | number,
  {
    attacks,
    logits,
    labels,
    context,
  }: {
    readonly attacks: readonly FeedbackAttack[];
    readonly logits: Tensor2D;
    readonly labels: Tensor1D;
    readonly context: AttackContext | undefined;
  },
): Tensor1D {
  return tidy(() => {
    const scores = attacks.map((attack) => {
      const own = attack.score(logits, labels, context);
      return div(sub(own, levelOf(attack, own)), spreadOf(attack));
    });
    return div(addN(scores), attacks.length) as Tensor1D;
  });
}
