import { checkConfidence } from "./check-numbers.ts";
import { normalQuantile } from "./distributions.ts";
import { auc } from "./auc.ts";
import type { Missing } from "./reasons.ts";

/** An AUC with its interval. */
export interface AucInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** DeLong's standard error of the AUC. */
  readonly standardError: number;
}

/**
 * The interval of an {@link auc} over samples: DeLong's variance on the scale of log(AUC / (1 - AUC)), so that it stays
 * within 0 and 1.
 *
 * var = S_members / M + S_nonMembers / N, with S the variances of the share of the other side that each sample beats
 *
 * @param members - Scores of members, `[M]`.
 * @param nonMembers - Scores of non-members, `[N]`.
 * @param options - `confidence` is 0.95 by default.
 * @returns The interval, or a reason: `TOO_FEW_SAMPLES` below two a side, `DEGENERATE` where the sides are separated or
 * every score is equal, for then nothing says how far the AUC could be from what it is.
 * @throws RangeError when a side is empty or a score is not a number.
 *
 * Source: DeLong, DeLong and Clarke-Pearson, Comparing the areas under correlated ROC curves, 1988.
 *
 * @example
 * ```ts
 * import { aucInterval } from "@ltu/metrics";
 *
 * const found = aucInterval([3, 4, 5, 6, 2.5], [1, 2, 3.5, 0, 4.5]);
 * console.log("low" in found && `${found.estimate} in ${found.low.toFixed(2)} to ${found.high.toFixed(2)}`); // → 0.8 in 0.37 to 0.96
 * ```
 */
export function aucInterval(
  members: ArrayLike<number>,
  nonMembers: ArrayLike<number>,
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): AucInterval | Missing {
  checkConfidence("aucInterval", confidence);
  const estimate = auc(members, nonMembers);
  const smaller = Math.min(members.length, nonMembers.length);
  if (smaller < 2)
    return { reason: "TOO_FEW_SAMPLES", detail: `a side needs at least 2 scores, found ${smaller}` };
  const variance =
    varianceOf(beaten(members, nonMembers)) / members.length +
    varianceOf(beaten(nonMembers, members)) / nonMembers.length;
  if (variance === 0 || estimate === 0 || estimate === 1) {
    return { reason: "DEGENERATE", detail: `an AUC of ${estimate} without any spread` };
  }
  const standardError = Math.sqrt(variance);
  const logit = Math.log(estimate / (1 - estimate));
  const half = (normalQuantile((1 + confidence) / 2) * standardError) / (estimate * (1 - estimate));
  return { estimate, low: logistic(logit - half), high: logistic(logit + half), standardError };
}

/** For each score the share of the others below it, ties one half. */
function beaten(scores: ArrayLike<number>, others: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(others).sort();
  const order = Array.from(scores, (_, i) => i).sort((a, b) =>
    compare(scores[a] as number, scores[b] as number),
  );
  const shares = new Float64Array(scores.length);
  let below = 0;
  let notAbove = 0;
  for (const i of order) {
    while (below < sorted.length && (sorted[below] as number) < (scores[i] as number)) below++;
    while (notAbove < sorted.length && (sorted[notAbove] as number) <= (scores[i] as number)) notAbove++;
    shares[i] = (below + notAbove) / (2 * sorted.length);
  }
  return shares;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
