import { LtuError, type IndexSet } from "@ltu/core";

import { checkLabels, checkTrainSet } from "./check-forget-request.ts";

/** Options of {@link mislabelled}. */
export interface MislabelledOptions {
  /** True labels of the whole data set. */
  readonly labels: Int32Array;
  /** The labels the original model was trained on, of the whole data set. */
  readonly noisyLabels: Int32Array;
}

/**
 * A forget set of the training images whose label was wrong when the original model was trained.
 *
 * Forgetting them should repair the model: accuracy on the test set rises, which it does for no other forget set.
 *
 * @returns Sorted positions of the training images whose two labels differ.
 * @throws LtuError `OPTION` when the labels differ in length, or no training image or every one is mislabelled.
 *
 * Source: Shashwat Goel, Ameya Prabhu, Amartya Sanyal, Ser-Nam Lim, Philip Torr, Ponnurangam Kumaraguru, "Towards Adversarial
 * Evaluations for Inexact Machine Unlearning", 2022.
 *
 * @example
 * ```ts
 * import { mislabelled } from "@ltu/datasets";
 *
 * const labels = Int32Array.of(0, 1, 2, 0);
 * const noisyLabels = Int32Array.of(0, 2, 2, 1);
 * console.log(mislabelled(Int32Array.of(0, 1, 2), { labels, noisyLabels })); // → Int32Array(1) [ 1 ]
 * ```
 */
export function mislabelled(trainSet: IndexSet, { labels, noisyLabels }: MislabelledOptions): IndexSet {
  checkTrainSet("mislabelled", trainSet);
  checkLabels("mislabelled", trainSet, labels);
  if (noisyLabels.length !== labels.length) {
    throw new LtuError(
      "OPTION",
      `mislabelled: noisyLabels must hold ${labels.length} labels, as labels does, found ${noisyLabels.length}; give both for the whole data set.`,
    );
  }
  const forgetSet = trainSet.filter((index) => labels[index] !== noisyLabels[index]).sort();
  if (forgetSet.length === 0 || forgetSet.length === trainSet.length) {
    throw new LtuError(
      "OPTION",
      `mislabelled: some of the ${trainSet.length} training images, and not all, must have another noisy label, found ${forgetSet.length}; poisonLabels changes a share of them.`,
    );
  }
  return forgetSet;
}
