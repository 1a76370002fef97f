/** An ROC curve: one point for each distinct score, from "nobody is a member" to "everybody is". */
export interface RocCurve {
  /** False-positive rates, rising; the first point is (0, 0). */
  readonly fpr: Float64Array;
  /** True-positive rates, rising. */
  readonly tpr: Float64Array;
  /** Whoever scores at least this is taken for a member; the first is infinite. */
  readonly thresholds: Float64Array;
  /** Members above each threshold. */
  readonly truePositives: Int32Array;
  /** Non-members above each threshold. */
  readonly falsePositives: Int32Array;
  /** How many members there are. */
  readonly members: number;
  /** How many non-members there are. */
  readonly nonMembers: number;
}

/**
 * The ROC curve of membership scores; equal scores move together.
 *
 * @param members - Scores of members, `[M]`; a higher score means "more likely a member".
 * @param nonMembers - Scores of non-members, `[N]`.
 * @throws RangeError when a side is empty or a score is not a number.
 *
 * @example
 * ```ts
 * import { rocCurve } from "@ltu/metrics";
 *
 * const { fpr, tpr } = rocCurve([3, 2], [2, 1]);
 * console.log([...fpr].join(" "), "|", [...tpr].join(" ")); // → 0 0 0.5 1 | 0 0.5 1 1
 * ```
 */
export function rocCurve(members: ArrayLike<number>, nonMembers: ArrayLike<number>): RocCurve {
  const high = falling(members, "members");
  const low = falling(nonMembers, "nonMembers");
  const thresholds = [Number.POSITIVE_INFINITY];
  const truePositives = [0];
  const falsePositives = [0];
  let m = 0;
  let n = 0;
  while (m < high.length || n < low.length) {
    const threshold = Math.max(high[m] ?? Number.NEGATIVE_INFINITY, low[n] ?? Number.NEGATIVE_INFINITY);
    while (m < high.length && high[m] === threshold) m++;
    while (n < low.length && low[n] === threshold) n++;
    thresholds.push(threshold);
    truePositives.push(m);
    falsePositives.push(n);
  }
  return {
    fpr: Float64Array.from(falsePositives, (count) => count / low.length),
    tpr: Float64Array.from(truePositives, (count) => count / high.length),
    thresholds: Float64Array.from(thresholds),
    truePositives: Int32Array.from(truePositives),
    falsePositives: Int32Array.from(falsePositives),
    members: high.length,
    nonMembers: low.length,
  };
}

/**
 * The points of an ROC curve that a plot with two logarithmic axes can show: for each false-positive rate above zero
 * the largest true-positive rate, where that is above zero.
 *
 * @param roc - Of {@link rocCurve}.
 * @param options - `points`: the most points to return (default 200), even on the logarithmic axis.
 */
export function logLogPoints(
  { fpr, tpr, nonMembers }: RocCurve,
  { points = 200 }: { readonly points?: number } = {},
): { readonly fpr: number; readonly tpr: number }[] {
  if (!(Number.isInteger(points) && points >= 2)) {
    throw new RangeError(
      `logLogPoints: points must be a whole number of at least 2, found ${points}; take 200.`,
    );
  }
  const shown: { fpr: number; tpr: number }[] = [];
  for (let i = 1; i < fpr.length; i++) {
    if (fpr[i] === 0 || tpr[i] === 0 || fpr[i] === fpr[i + 1]) continue;
    shown.push({ fpr: fpr[i] as number, tpr: tpr[i] as number });
  }
  if (shown.length <= points) return shown;
  const cell = Math.log(nonMembers) / (points - 1);
  const cellOf = (point: { fpr: number } | undefined): number =>
    point === undefined ? -1 : Math.floor(Math.log(point.fpr * nonMembers) / cell);
  return shown.filter((point, i) => cellOf(point) !== cellOf(shown[i + 1]));
}

function falling(scores: ArrayLike<number>, side: string): Float64Array {
  if (scores.length === 0) {
    throw new RangeError(
      `rocCurve: expected at least one score in ${side}, found none; give two non-empty sets.`,
    );
  }
  const copy = Float64Array.from(scores);
  if (copy.some((score) => Number.isNaN(score))) {
    throw new RangeError(
      `rocCurve: scores must be numbers, found NaN in ${side}; check the model's outputs.`,
    );
  }
  return copy.sort().reverse();
}
