import {
  abs,
  div,
  maximum,
  mean,
  minimum,
  mul,
  softplus,
  sub,
  tidy,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import type { AttackContext, FeedbackAttack } from "@ltu/core";

import { spreadOf } from "./attack-scores.ts";
import type { LtuOptions } from "./option-sets.ts";
import { midQuantiles, targetsByRank } from "./quantile-targets.ts";

/** The options that say what audit samples are pulled to. */
export type ForgetTargetOptions = Pick<LtuOptions, "forgetTarget" | "miFloor" | "attackScale">;

/**
 * The forgetting loss of one attack on one audit set.
 *
 * With u the attack's logits and s their scale (1, or the spread over non-members):
 * - `"nonMember"`: mean of -log(1 - A) = softplus(u / s); with `miFloor`, u is not pushed below the non-members'
 *   mean: a forgotten sample should look like a non-member, not like an outlier.
 * - `"quantile"`: mean of smoothL1((u_(i) - q_i) / s), where u_(i) are the sorted logits and q_i the quantiles
 *   (i + 0.5) / n of the non-members' logits. The whole distribution is matched, so nothing is over-forgotten.
 *
 * @param logits - The model's outputs, `[audit, classes]`.
 * @param labels - True labels, int32 `[audit]`.
 * @param options - With `indexes`, which samples they are, for attacks that compare with reference models.
 * @returns A scalar, differentiable in `logits`; the caller disposes it.
 *
 * Source: that attacks are queried on the forget set and drive the forgetting gradient is in the paper's figure
 * (M. H. Huang et al., ECCV 2024); both targets are ours.
 */
export function forgetLoss(
  attack: FeedbackAttack,
  logits: Tensor2D,
  labels: Tensor1D,
  { forgetTarget, miFloor, attackScale, indexes }: ForgetTargetOptions & Partial<AttackContext>,
): Scalar {
  return tidy(() => {
    const scores = attack.score(logits, labels, indexes && { indexes });
    const scale = attackScale === "nonMemberSpread" ? spreadOf(attack) : 1;
    if (forgetTarget === "nonMember") {
      const floored = miFloor ? maximum(scores, attack.nonMember.mean) : scores;
      return mean(softplus(div(floored, scale))) as Scalar;
    }
    const targets = targetsByRank(scores, midQuantiles(attack.nonMember.sorted, labels.shape[0]));
    return mean(smoothL1(div(sub(scores, targets), scale) as Tensor1D)) as Scalar;
  });
}

/** d^2 / 2 where |d| < 1, else |d| - 1/2: with m = min(|d|, 1) this is m (|d| - m / 2). */
function smoothL1(difference: Tensor1D): Tensor1D {
  const size = abs(difference);
  const bounded = minimum(size, 1);
  return mul(bounded, sub(size, mul(bounded, 0.5)));
}
