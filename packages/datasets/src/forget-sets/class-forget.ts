import { LtuError, type IndexSet } from "@ltu/core";

import { checkLabels, checkTrainSet } from "./check-forget-request.ts";

/** Options of {@link classForget}. */
export interface ClassForgetOptions {
  /** Labels of the whole data set, as `dataset.labels`. */
  readonly labels: Int32Array;
  /** The class to forget. */
  readonly class: number;
}

/**
 * A forget set that is a whole class: every training image of it.
 *
 * A model retrained without the class never answers with it, so accuracy on the test images of that class says nothing
 * about utility: leave them out of TA.
 *
 * @returns Sorted positions.
 * @throws LtuError `OPTION` when the training set holds no image of the class, or nothing else.
 *
 * Source: class-wise forgetting as in OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/dataset.py`.
 *
 * @example
 * ```ts
 * import { classForget } from "@ltu/datasets";
 *
 * const labels = Int32Array.of(0, 1, 2, 1, 0, 1);
 * console.log(classForget(Int32Array.of(0, 1, 2, 3), { labels, class: 1 })); // → Int32Array(2) [ 1, 3 ]
 * ```
 */
export function classForget(trainSet: IndexSet, options: ClassForgetOptions): IndexSet {
  return imagesOfClass("classForget", trainSet, options);
}

/** The training images of a class; `where` names who asks in messages. */
export function imagesOfClass(
  where: string,
  trainSet: IndexSet,
  { labels, class: wanted }: ClassForgetOptions,
): IndexSet {
  checkTrainSet(where, trainSet);
  checkLabels(where, trainSet, labels);
  const forgetSet = trainSet.filter((index) => labels[index] === wanted).sort();
  if (forgetSet.length === 0 || forgetSet.length === trainSet.length) {
    const present = [...new Set(trainSet)].map((index) => labels[index] as number);
    const classes = [...new Set(present)].sort((a, b) => a - b);
    throw new LtuError(
      "OPTION",
      `${where}: class must be one of at least two classes in trainSet, found class ${wanted} and images of ${listed(classes)}; name a class that is there beside others.`,
    );
  }
  return forgetSet;
}

/** Such as `classes 0, 1, 2`; of many classes the first ten. */
function listed(classes: readonly number[]): string {
  const shown = classes.slice(0, 10).join(", ");
  return `class${classes.length === 1 ? "" : "es"} ${shown}${classes.length > 10 ? ", ..." : ""}`;
}
