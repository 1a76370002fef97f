import { checkWhole } from "./check-numbers.ts";
import { normalCdf, normalQuantile } from "./distributions.ts";
import { moments } from "./moments.ts";

/** An AUC with the ends of its 95 % interval, as from `aucInterval`. */
export interface AucEnds {
  readonly auc: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Two-sided p-value of the difference between a model's AUC and that of retrained models, by one attack on the same images.
 *
 * z = (logit a - mean logit b) / sqrt(s_a^2 + mean s_b^2 + var logit b), with s = (logit high - logit low) / (2 * 1.96)
 *
 * With few oracles their spread alone is no yardstick: two of them may agree by chance. So what the choice of images does to
 * an AUC counts for both sides as if it were independent, and the spread of the oracles beside it. On the same images both
 * rise and fall together: the true p is smaller.
 *
 * @param model - The audited model's AUC.
 * @param oracles - Those of the retrained models, one or more.
 * @returns 0 to 1.
 * @throws RangeError when there is no oracle, when an AUC or an end is not between 0 and 1, or when an end lies on the
 * wrong side of its AUC.
 *
 * @example
 * ```ts
 * import { aucDifferenceP } from "@ltu/metrics";
 *
 * const half = { auc: 0.5, low: 0.45, high: 0.55 };
 * console.log(aucDifferenceP({ auc: 0.6, low: 0.55, high: 0.65 }, [half]).toFixed(3)); // → 0.006
 * console.log(aucDifferenceP(half, [half, half])); // → 1
 * ```
 */
export function aucDifferenceP(model: AucEnds, oracles: readonly AucEnds[]): number {
  if (oracles.length === 0) {
    throw new RangeError("aucDifferenceP: expected at least one oracle, found none; give its AUC.");
  }
  for (const { auc, low, high } of [model, ...oracles]) {
    if (!(0 < low && low <= auc && auc <= high && high < 1)) {
      throw new RangeError(
        `aucDifferenceP: expected 0 < low <= AUC <= high < 1, found ${low}, ${auc}, ${high}; take the ends from aucInterval.`,
      );
    }
  }
  const logit = (share: number): number => Math.log(share / (1 - share));
  const variance = ({ low, high }: AucEnds): number =>
    ((logit(high) - logit(low)) / (2 * normalQuantile(0.975))) ** 2;
  const { mean, sd } = moments(oracles.map(({ auc }) => logit(auc)));
  const spread = oracles.length === 1 ? 0 : sd ** 2;
  const images = oracles.reduce((sum, oracle) => sum + variance(oracle), 0) / oracles.length;
  return twoSidedP(logit(model.auc) - mean, variance(model) + images + spread);
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
