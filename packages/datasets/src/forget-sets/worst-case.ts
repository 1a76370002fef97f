import { LtuError, type IndexSet } from "@ltu/core";

import { checkForgetCount, checkTrainSet } from "./check-forget-request.ts";
import { imagesAt, rowsByScore } from "./rows-by-score.ts";

/** Options of {@link worstCase}. */
export interface WorstCaseOptions {
  /** How hard each training image is to forget, in the order of the training set, by a rule of yours. */
  readonly scores: ArrayLike<number>;
  /** Which end of the scores is hard to forget: `"lowest"` for the loss of an unlearned model. */
  readonly hardest: "lowest" | "highest";
  /** Images to forget. */
  readonly count: number;
}

/**
 * A forget set of the training images that are hardest to forget by a stated score.
 *
 * The rule of the paper is `hardest: "lowest"` on the loss of each image under a model from which a first forget set was
 * unlearned: what still has a low loss was not forgotten. Unlearn the set it gives, score again and take again, until it
 * stays the same; a worst case is one for the method that made the scores, so state the method beside the numbers.
 *
 * @returns `count` sorted positions; of equal scores the images that come first in the data set.
 * @throws LtuError `OPTION` for a count or an end that does not fit, `DATA` for scores of another length or not finite.
 *
 * Source: Chongyu Fan, Jiancheng Liu, Alfred Hero, Sijia Liu, "Challenging Forgets: Unveiling the Worst-Case Forget Sets in
 * Machine Unlearning", 2024; `OPTML-Group/Unlearn-WorstCase` 2d52c84, `data-wise/unlearn/impl.py`, `optimize_select`.
 * *Differs from the source in* that it takes the lowest losses at once: there a weight w in [0, 1] per image, with
 * `sum w = count`, descends along `loss + 2 gamma w` for several rounds, and the `count` largest weights are taken. From
 * equal weights the first round takes the same images.
 *
 * @example
 * ```ts
 * import { worstCase } from "@ltu/datasets";
 *
 * const trainSet = Int32Array.of(10, 11, 12, 13);
 * const losses = [2.1, 0.01, 0.7, 0.03];
 * console.log(worstCase(trainSet, { scores: losses, hardest: "lowest", count: 2 })); // → Int32Array(2) [ 11, 13 ]
 * ```
 */
export function worstCase(trainSet: IndexSet, { scores, hardest, count }: WorstCaseOptions): IndexSet {
  checkTrainSet("worstCase", trainSet);
  checkForgetCount("worstCase", trainSet, count);
  if (hardest !== "lowest" && hardest !== "highest") {
    throw new LtuError(
      "OPTION",
      `worstCase: hardest must be "lowest" or "highest", found ${JSON.stringify(hardest)}; say which end of the scores is hard to forget.`,
    );
  }
  // Negated scores keep the tie rule: the image that comes first in the data set.
  const keys = hardest === "lowest" ? scores : Float64Array.from(scores, (score) => -score);
  return imagesAt(trainSet, rowsByScore("worstCase", trainSet, keys).subarray(0, count));
}
