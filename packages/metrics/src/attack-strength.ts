import { auc } from "./auc.ts";
import { aucInterval, type AucInterval } from "./auc-interval.ts";
import { bestBalancedAccuracy, type BalancedAccuracy } from "./balanced-accuracy.ts";
import type { Missing } from "./reasons.ts";
import { rocCurve, type RocCurve } from "./roc.ts";
import { reportedFprs, smallestFpr, tprAtFpr, type TprAtFpr } from "./tpr-at-fpr.ts";

/** All that one membership score says of two sets, in both directions. */
export interface AttackStrength {
  readonly auc: number;
  readonly aucInterval: AucInterval | Missing;
  /** |AUC - 1/2|: an attacker may use the score in either direction. */
  readonly distance: number;
  readonly balancedAccuracy: BalancedAccuracy;
  /** True-positive rates at {@link reportedFprs}, as they are listed there. */
  readonly tpr: readonly (TprAtFpr | Missing)[];
  /** The same of the turned score: non-members named when hardly any member is. */
  readonly turnedTpr: readonly (TprAtFpr | Missing)[];
  /** The smallest false-positive rate above zero that the sample can show. */
  readonly smallestFpr: number;
  readonly roc: RocCurve;
  readonly samples: { readonly members: number; readonly nonMembers: number };
}

/**
 * How strong an attack is, two-sided: AUC, balanced accuracy and true-positive rates at low false-positive rates, each
 * with its interval or the reason why there is none.
 *
 * @param members - Scores of members (the forget set); a higher score means "more likely a member".
 * @param nonMembers - Scores of samples that were never seen.
 * @param options - `confidence` is 0.95 by default.
 * @throws RangeError when a side is empty or a score is not a number.
 *
 * @example
 * ```ts
 * import { attackStrength } from "@ltu/metrics";
 *
 * const { distance, tpr, turnedTpr } = attackStrength([0, 1, 2], [3, 4, 5]);
 * // Every member scores below every non-member: the sign is turned, and the attack is perfect.
 * console.log(distance, (tpr[3] as { estimate: number }).estimate, (turnedTpr[3] as { estimate: number }).estimate); // → 0.5 0 1
 * ```
 */
export function attackStrength(
  members: ArrayLike<number>,
  nonMembers: ArrayLike<number>,
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): AttackStrength {
  const roc = rocCurve(members, nonMembers);
  const turned = rocCurve(turn(members), turn(nonMembers));
  const area = auc(members, nonMembers);
  const rates = (curve: RocCurve): (TprAtFpr | Missing)[] =>
    reportedFprs.map((fpr) => tprAtFpr(curve, fpr, { confidence }));
  return {
    auc: area,
    aucInterval: aucInterval(members, nonMembers, { confidence }),
    distance: Math.abs(area - 0.5),
    balancedAccuracy: bestBalancedAccuracy(roc),
    tpr: rates(roc),
    turnedTpr: rates(turned),
    smallestFpr: smallestFpr(roc),
    roc,
    samples: { members: members.length, nonMembers: nonMembers.length },
  };
}

function turn(scores: ArrayLike<number>): Float64Array {
  return Float64Array.from(scores, (score) => -score);
}
