import { LtuError, type IndexSet } from "@ltu/core";

import { checkForgetCount, checkTrainSet } from "./check-forget-request.ts";
import { imagesAt, rowsByScore } from "./rows-by-score.ts";

/** Where in the ranking by memorisation a forget set lies. */
export type Stratum = "low" | "medium" | "high";

/** Options of {@link memorisationStratum}. */
export interface MemorisationStratumOptions {
  /**
   * Memorisation of each training image, in the order of the training set; higher is memorised more. By definition
   * `P(correct | trained with the image) - P(correct | trained without it)`, or a proxy such as one minus the mean
   * confidence over the epochs of training.
   */
  readonly scores: ArrayLike<number>;
  readonly stratum: Stratum;
  /** Images to forget. */
  readonly count: number;
}

/**
 * A forget set of equally memorised images: the `count` least memorised training images, the `count` around the median
 * (ranks from `floor((N - count) / 2)`), or the `count` most memorised.
 *
 * What was never memorised is hardly there to forget, so doing nothing looks good on the low stratum: it is the negative
 * control of an evaluation, and the high stratum is its test.
 *
 * @returns `count` sorted positions. The three strata are disjoint when `count` is at most a third of the training set.
 * @throws LtuError `OPTION` for a count that does not fit or an unknown stratum, `DATA` for scores of another length or
 * not finite.
 *
 * Source: Kairan Zhao, Meghdad Kurmanji, George-Octavian Bărbulescu, Eleni Triantafillou, Peter Triantafillou, "What makes
 * unlearning hard and what to do about it", 2024; the score is defined by Vitaly Feldman, "Does Learning Require
 * Memorization? A Short Tale about a Long Tail", 2020.
 *
 * @example
 * ```ts
 * import { memorisationStratum } from "@ltu/datasets";
 *
 * const trainSet = Int32Array.of(10, 11, 12, 13, 14);
 * const scores = [0.1, 0.9, 0.5, 0.0, 0.7];
 * console.log(memorisationStratum(trainSet, { scores, stratum: "high", count: 2 })); // → Int32Array(2) [ 11, 14 ]
 * console.log(memorisationStratum(trainSet, { scores, stratum: "medium", count: 1 })); // → Int32Array(1) [ 12 ]
 * ```
 */
export function memorisationStratum(
  trainSet: IndexSet,
  { scores, stratum, count }: MemorisationStratumOptions,
): IndexSet {
  checkTrainSet("memorisationStratum", trainSet);
  checkForgetCount("memorisationStratum", trainSet, count);
  const ranked = rowsByScore("memorisationStratum", trainSet, scores);
  const spare = trainSet.length - count;
  const starts: Readonly<Record<Stratum, number>> = { low: 0, medium: Math.floor(spare / 2), high: spare };
  if (!Object.hasOwn(starts, stratum)) {
    throw new LtuError(
      "OPTION",
      `memorisationStratum: stratum must be "low", "medium" or "high", found ${JSON.stringify(stratum)}; choose one.`,
    );
  }
  return imagesAt(trainSet, ranked.subarray(starts[stratum], starts[stratum] + count));
}
