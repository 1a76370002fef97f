/**
 * Area under the ROC curve: the chance that a member's score is above a non-member's, ties counting one half.
 *
 * AUC = (|{(m, n) : s_m > s_n}| + 1/2 |{(m, n) : s_m = s_n}|) / (M N)   (Mann-Whitney)
 *
 * @param members - Scores of members, `[M]`; a higher score means "more likely a member".
 * @param nonMembers - Scores of non-members, `[N]`.
 * @returns 0 to 1; one half is chance, and values below it are a score with its sign turned round.
 * @throws RangeError when a side is empty or a score is not a number.
 *
 * @example
 * ```ts
 * import { auc } from "@ltu/metrics";
 *
 * console.log(auc([3, 2], [1, 2])); // → 0.875
 * ```
 */
export function auc(members: ArrayLike<number>, nonMembers: ArrayLike<number>): number {
  const high = sorted(members, "members");
  const low = sorted(nonMembers, "nonMembers");
  let below = 0;
  let notAbove = 0;
  let twiceWins = 0;
  for (const score of high) {
    while (below < low.length && (low[below] as number) < score) below++;
    while (notAbove < low.length && (low[notAbove] as number) <= score) notAbove++;
    twiceWins += below + notAbove;
  }
  return twiceWins / (2 * high.length * low.length);
}

/**
 * Two-sided form of {@link auc}: |AUC - 1/2|, from 0 (the score cannot tell the sets apart) to one half. An attacker
 * may use the score in either direction, so an AUC below one half is no protection.
 */
export function aucDistance(first: ArrayLike<number>, second: ArrayLike<number>): number {
  return Math.abs(auc(first, second) - 0.5);
}

function sorted(scores: ArrayLike<number>, side: string): Float64Array {
  if (scores.length === 0) {
    throw new RangeError(`auc: expected at least one score in ${side}, found none; give two non-empty sets.`);
  }
  const copy = Float64Array.from(scores);
  if (copy.some((score) => Number.isNaN(score))) {
    throw new RangeError(`auc: scores must be numbers, found NaN in ${side}; check the model's outputs.`);
  }
  return copy.sort();
}
