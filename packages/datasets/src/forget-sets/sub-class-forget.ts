import { LtuError, type IndexSet } from "@ltu/core";

import { checkLabels, checkTrainSet } from "./check-forget-request.ts";
import { imagesOfClass } from "./class-forget.ts";

/** Options of {@link subClassForget}. */
export interface SubClassForgetOptions {
  /** Fine labels of the whole data set. */
  readonly labels: Int32Array;
  /** Coarse labels of the whole data set, which the model is trained on. */
  readonly coarseLabels: Int32Array;
  /** The fine class to forget. */
  readonly class: number;
}

/**
 * A forget set that is one fine class within a coarse class whose other fine classes stay.
 *
 * The model knows the coarse labels only: it goes on answering with the coarse class, and what it should lose is what
 * only the forgotten sub-class taught it. CIFAR-100 has 20 coarse classes of 5; on CIFAR-10 the coarse labels can be
 * animal and vehicle.
 *
 * @returns Sorted positions of every training image of the fine class.
 * @throws LtuError `OPTION` when the fine class is absent, lies in several coarse classes, or is all of its coarse class.
 *
 * Source: the sub-class setting of Jack Foster, Stefan Schoepf, Alexandra Brintrup, "Fast Machine Unlearning Without
 * Retraining Through Selective Synaptic Dampening", 2024.
 *
 * @example
 * ```ts
 * import { subClassForget } from "@ltu/datasets";
 *
 * // Fine classes 0 and 1 are animals, 2 and 3 vehicles.
 * const labels = Int32Array.of(0, 1, 2, 3, 0, 1);
 * const coarseLabels = labels.map((fine) => (fine < 2 ? 0 : 1));
 * const trainSet = Int32Array.of(0, 1, 2, 3, 4);
 * console.log(subClassForget(trainSet, { labels, coarseLabels, class: 0 })); // → Int32Array(2) [ 0, 4 ]
 * ```
 */
export function subClassForget(
  trainSet: IndexSet,
  { labels, coarseLabels, class: wanted }: SubClassForgetOptions,
): IndexSet {
  checkTrainSet("subClassForget", trainSet);
  checkLabels("subClassForget", trainSet, coarseLabels, "coarseLabels");
  const forgetSet = imagesOfClass("subClassForget", trainSet, { labels, class: wanted });
  const coarse = coarseLabels[forgetSet[0] as number] as number;
  const other = forgetSet.find((index) => coarseLabels[index] !== coarse);
  if (other !== undefined) {
    throw new LtuError(
      "OPTION",
      `subClassForget: class ${wanted} must lie in one coarse class, found images of it in ${coarse} and ${coarseLabels[other]}; check coarseLabels.`,
    );
  }
  if (!trainSet.some((index) => coarseLabels[index] === coarse && labels[index] !== wanted)) {
    throw new LtuError(
      "OPTION",
      `subClassForget: coarse class ${coarse} must hold fine classes that stay, found only class ${wanted}; use classForget to forget a whole class.`,
    );
  }
  return forgetSet;
}
