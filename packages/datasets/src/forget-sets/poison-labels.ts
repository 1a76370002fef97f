import { LtuError, type IndexSet, type Rng } from "@ltu/core";

import { checkLabels, checkTrainSet } from "./check-forget-request.ts";

/** Options of {@link poisonLabels}. */
export interface PoisonLabelsOptions {
  /** Labels of the whole data set, in [0, classes). */
  readonly labels: Int32Array;
  /** Number of classes, at least 2. */
  readonly classes: number;
  /** Share of the images to poison, above 0 and below 1, rounded to whole images. */
  readonly share: number;
  readonly rng: Rng;
  /** Two classes whose images get each other's label; without it, any other class, uniformly. */
  readonly confuse?: readonly [number, number];
}

/** What {@link poisonLabels} gives. */
export interface PoisonedLabels {
  /** Labels of the whole data set, the poisoned ones changed; a copy. */
  readonly labels: Int32Array;
  /** The images whose label was changed, sorted: the forget set. */
  readonly poisoned: IndexSet;
}

/**
 * Gives a share of the training images a wrong label, to train an original model that has something to unlearn.
 *
 * Images are drawn uniformly from the training set, or, with `confuse`, from the images of two classes (interclass
 * confusion). Labels of images outside the training set stay, so that a test set stays true.
 *
 * @returns The new labels and the images they changed.
 * @throws LtuError `OPTION` for a share, classes or labels that do not fit.
 *
 * Source: Shashwat Goel, Ameya Prabhu, Amartya Sanyal, Ser-Nam Lim, Philip Torr, Ponnurangam Kumaraguru, "Towards Adversarial
 * Evaluations for Inexact Machine Unlearning", 2022: the interclass confusion test.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { mislabelled, poisonLabels } from "@ltu/datasets";
 *
 * const labels = Int32Array.from({ length: 20 }, (_, i) => i % 4);
 * const trainSet = Int32Array.from({ length: 15 }, (_, i) => i);
 * const noisy = poisonLabels(trainSet, { labels, classes: 4, share: 0.2, rng: createRng(1) });
 * const found = mislabelled(trainSet, { labels, noisyLabels: noisy.labels });
 * console.log(noisy.poisoned.length, found.join() === noisy.poisoned.join()); // → 3 true
 * ```
 */
export function poisonLabels(
  trainSet: IndexSet,
  { labels, classes, share, rng, confuse }: PoisonLabelsOptions,
): PoisonedLabels {
  checkTrainSet("poisonLabels", trainSet);
  checkLabels("poisonLabels", trainSet, labels);
  const isClass = (label: number): boolean => Number.isInteger(label) && label >= 0 && label < classes;
  if (!Number.isSafeInteger(classes) || classes < 2) {
    throw new LtuError(
      "OPTION",
      `poisonLabels: classes must be a whole number of at least 2, found ${classes}; give the number of classes.`,
    );
  }
  const unknown = trainSet.find((index) => !isClass(labels[index] as number));
  if (unknown !== undefined) {
    throw new LtuError(
      "OPTION",
      `poisonLabels: labels must be from 0 to ${classes - 1}, found ${labels[unknown]} for image ${unknown}; raise classes or correct it.`,
    );
  }
  if (confuse !== undefined && (confuse[0] === confuse[1] || !confuse.every(isClass))) {
    throw new LtuError(
      "OPTION",
      `poisonLabels: confuse must name two different classes from 0 to ${classes - 1}, found ${confuse.join(" and ")}; choose others.`,
    );
  }
  // Drawn from the sorted set: the same images whatever the order of trainSet.
  const candidates = trainSet
    .filter((index) => confuse === undefined || confuse.includes(labels[index] as number))
    .sort();
  const count = Math.round(share * candidates.length);
  if (!(share > 0 && share < 1) || count < 1 || count >= trainSet.length) {
    throw new LtuError(
      "OPTION",
      `poisonLabels: share must be above 0 and below 1 and come to at least one of ${candidates.length} images and fewer than all ${trainSet.length}, found ${share} (${count} images); give another share.`,
    );
  }
  const poisoned = rng.split("images").choice(candidates, count).sort();
  const draw = rng.split("labels");
  const changed = labels.slice();
  for (const index of poisoned) {
    const label = labels[index] as number;
    if (confuse === undefined) changed[index] = (label + 1 + draw.integer(classes - 1)) % classes;
    else changed[index] = label === confuse[0] ? confuse[1] : confuse[0];
  }
  return { labels: changed, poisoned };
}
