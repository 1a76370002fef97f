import { checkConfidence } from "./check-numbers.ts";
import { clopperPearson, type ShareInterval } from "./clopper-pearson.ts";
import type { Missing } from "./reasons.ts";
import type { RocCurve } from "./roc.ts";

/** The false-positive rates of every table, as shares. */
export const reportedFprs: readonly number[] = [0.1, 0.01, 0.001, 0];

/** How to read a true-positive rate off the steps of an ROC curve. */
export type FprConvention = "step" | "strict" | "interpolated";

/**
 * The true-positive rate at a false-positive rate, with no question whether the sample is large enough.
 *
 * - `"step"` (default): the largest TPR with FPR at most the rate; what an attacker can have.
 * - `"strict"`: TPR of the last point with FPR below the rate, as in the plots of the LiRA paper.
 * - `"interpolated"`: on a straight line between the points.
 *
 * @param roc - Of `rocCurve`.
 * @param fpr - The rate, a share from 0 to 1; above 0 for `"strict"`.
 * @returns A share, 0 to 1.
 * @throws RangeError when the rate is none.
 */
export function tprOnCurve(
  { fpr: rates, tpr }: RocCurve,
  fpr: number,
  { convention = "step" }: { readonly convention?: FprConvention } = {},
): number {
  if (!(fpr >= 0 && fpr <= 1) || (convention === "strict" && fpr === 0)) {
    throw new RangeError(
      `tprOnCurve: the false-positive rate must be a share from 0 to 1${convention === "strict" ? ", above 0 for a strict bound" : ""}, found ${fpr}; divide percentages by 100.`,
    );
  }
  let last = 0;
  while (
    last + 1 < rates.length &&
    (convention === "strict" ? (rates[last + 1] as number) < fpr : (rates[last + 1] as number) <= fpr)
  ) {
    last++;
  }
  const [x, y] = [rates[last] as number, tpr[last] as number];
  if (convention !== "interpolated" || last + 1 >= rates.length) return y;
  const [nextX, nextY] = [rates[last + 1] as number, tpr[last + 1] as number];
  return y + ((nextY - y) * (fpr - x)) / (nextX - x);
}

/** A true-positive rate with its interval. */
export interface TprAtFpr extends ShareInterval {
  /** The false-positive rate that was asked for. */
  readonly fpr: number;
  /** The largest rate up to it that the sample has. */
  readonly reachedFpr: number;
  readonly members: number;
  readonly nonMembers: number;
}

/** The smallest false-positive rate above zero that a sample can show: one of its non-members. */
export function smallestFpr({ nonMembers }: Pick<RocCurve, "nonMembers">): number {
  return 1 / nonMembers;
}

/**
 * True-positive rate at a low false-positive rate: how many members an attack names when it hardly ever errs.
 *
 * The interval is {@link clopperPearson} of the members found, for the threshold as it was chosen; what the choice of
 * the threshold on finitely many non-members adds is not in it.
 *
 * @param roc - Of `rocCurve`.
 * @param fpr - A share from 0 to 1; 0 asks for the members above every non-member.
 * @param options - `confidence` is 0.95 by default.
 * @returns The rate by the `"step"` convention, or `TOO_FEW_SAMPLES` for a rate above 0 and below
 * {@link smallestFpr}: the number would be that of a rate of 0.
 * @throws RangeError when the rate is none.
 *
 * Source: Carlini et al., Membership Inference Attacks From First Principles, 2022, section III.
 *
 * @example
 * ```ts
 * import { rocCurve, tprAtFpr } from "@ltu/metrics";
 *
 * const roc = rocCurve([5, 4, 1], [3, 2, 0, -1]);
 * const found = tprAtFpr(roc, 0);
 * console.log("estimate" in found && found.estimate.toFixed(2)); // → 0.67
 * const low = tprAtFpr(roc, 0.01);
 * console.log("reason" in low && low.detail); // → a rate of 1 % needs 100 non-members, found 4
 * ```
 */
export function tprAtFpr(
  roc: RocCurve,
  fpr: number,
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): TprAtFpr | Missing {
  checkConfidence("tprAtFpr", confidence);
  const tpr = tprOnCurve(roc, fpr);
  const { members, nonMembers } = roc;
  // Rates such as 0.1 are no binary fractions: 1/10 of 10 non-members is one of them.
  if (fpr > 0 && fpr * nonMembers < 1 - 1e-9) {
    return {
      reason: "TOO_FEW_SAMPLES",
      detail: `a rate of ${Number((100 * fpr).toPrecision(6))} % needs ${Math.ceil(1 / fpr - 1e-9)} non-members, found ${nonMembers}`,
    };
  }
  const reached = roc.fpr.findLastIndex((rate) => rate <= fpr);
  return {
    ...clopperPearson(Math.round(tpr * members), members, { confidence }),
    fpr,
    reachedFpr: roc.fpr[reached] as number,
    members,
    nonMembers,
  };
}
