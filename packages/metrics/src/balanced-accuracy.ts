import type { RocCurve } from "./roc.ts";

/** The best balanced accuracy that one threshold gives. */
export interface BalancedAccuracy {
  /** (TPR + 1 - FPR) / 2, one half (chance) to 1. */
  readonly value: number;
  /** All scores that reach it when taken as the threshold, falling. */
  readonly thresholds: readonly number[];
  /** True where no threshold beats chance. */
  readonly trivial: boolean;
}

/**
 * The best balanced accuracy over all thresholds. It is chosen on the samples it is measured on, so it is an upper
 * bound of what an attacker reaches, and above one half by chance alone.
 *
 * @param roc - Of `rocCurve`.
 * @returns The value and every observed score that reaches it.
 *
 * @example
 * ```ts
 * import { bestBalancedAccuracy, rocCurve } from "@ltu/metrics";
 *
 * const { value, thresholds } = bestBalancedAccuracy(rocCurve([3, 2], [2, 1]));
 * console.log(value, thresholds.join(" ")); // → 0.75 3 2
 * ```
 */
export function bestBalancedAccuracy(roc: RocCurve): BalancedAccuracy {
  const { members, nonMembers, truePositives, falsePositives, thresholds } = roc;
  // Whole numbers, so that thresholds which are equally good are seen to be: TPR - FPR times both sizes.
  const advantage = (i: number): number =>
    (truePositives[i] as number) * nonMembers - (falsePositives[i] as number) * members;
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < thresholds.length; i++) best = Math.max(best, advantage(i));
  return {
    value: (1 + best / (members * nonMembers)) / 2,
    thresholds: Array.from(thresholds).filter((_, i) => i > 0 && advantage(i) === best),
    trivial: best <= 0,
  };
}
