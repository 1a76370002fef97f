import { checkWhole } from "./check-numbers.ts";
import { normalCdf, normalQuantile } from "./distributions.ts";

/** An AUC with the ends of its 95 % interval, as from `aucInterval`. */
export interface AucEnds {
  readonly auc: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Two-sided p-value of the difference of two AUCs that each have an interval, such as one attack on two models.
 *
 * z = (logit a - logit b) / sqrt(s_a^2 + s_b^2), with s = (logit high - logit low) / (2 * 1.96)
 *
 * Both AUCs are taken for independent. On the same samples they rise and fall together, so that the true p is smaller.
 *
 * @returns 0 to 1.
 * @throws RangeError when an AUC or an end is not between 0 and 1, or an end lies on the wrong side of its AUC.
 *
 * @example
 * ```ts
 * import { aucDifferenceP } from "@ltu/metrics";
 *
 * const half = { auc: 0.5, low: 0.45, high: 0.55 };
 * console.log(aucDifferenceP({ auc: 0.6, low: 0.55, high: 0.65 }, half).toFixed(3)); // → 0.006
 * console.log(aucDifferenceP(half, half)); // → 1
 * ```
 */
export function aucDifferenceP(first: AucEnds, second: AucEnds): number {
  for (const { auc, low, high } of [first, second]) {
    if (!(0 < low && low <= auc && auc <= high && high < 1)) {
      throw new RangeError(
        `aucDifferenceP: expected 0 < low <= AUC <= high < 1, found ${low}, ${auc}, ${high}; take the ends from aucInterval.`,
      );
    }
  }
  const logit = (share: number): number => Math.log(share / (1 - share));
  const variance = ({ low, high }: AucEnds): number =>
    ((logit(high) - logit(low)) / (2 * normalQuantile(0.975))) ** 2;
  const difference = logit(first.auc) - logit(second.auc);
  return twoSidedP(difference, variance(first) + variance(second));
}

/**
 * Two-sided p-value of an AUC where nothing tells members from non-members (the test of Mann and Whitney, by the normal
 * distribution and without ties): for an AUC that has no interval because the sides are separated.
 *
 * z = (AUC - 1/2) / sqrt((m + n + 1) / (12 m n))
 *
 * @throws RangeError when the AUC is no share or a side is empty.
 */
export function aucChanceP(
  auc: number,
  { members, nonMembers }: { readonly members: number; readonly nonMembers: number },
): number {
  if (!(auc >= 0 && auc <= 1)) {
    throw new RangeError(`aucChanceP: an AUC must be from 0 to 1, found ${auc}; compute it with auc.`);
  }
  checkWhole("aucChanceP", "members", members, 1);
  checkWhole("aucChanceP", "nonMembers", nonMembers, 1);
  return twoSidedP(auc - 0.5, (members + nonMembers + 1) / (12 * members * nonMembers));
}

function twoSidedP(difference: number, variance: number): number {
  if (difference === 0) return 1;
  return Math.min(1, 2 * normalCdf(-Math.abs(difference) / Math.sqrt(variance)));
}
