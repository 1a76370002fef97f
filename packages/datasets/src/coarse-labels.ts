import { LtuError } from "@ltu/core";

import type { ContentHashOptions } from "./content-hash.ts";
import { createLoadedData, type LoadedData } from "./loaded-data.ts";

/** Data with two kinds of labels; `dataset.labels` are the coarse ones. */
export interface CoarseData extends LoadedData {
  /** One for each image of `dataset`. */
  readonly fineLabels: Int32Array;
  readonly fineClassNames: readonly string[];
}

/** Groups of classes by name: the labels of the classes in each. */
export type ClassGroups = Readonly<Record<string, readonly number[]>>;

/** CIFAR-10 in two groups: what moves by itself and what is driven. */
export const cifar10Groups: ClassGroups = { animal: [2, 3, 4, 5, 6, 7], vehicle: [0, 1, 8, 9] };

/**
 * The same images with the label of their group in place of their class, for forgetting one class within a group
 * (`subClassForget`). Groups are numbered in the order given.
 *
 * @returns New data with a content hash of its own; pixels are shared, not copied.
 * @throws LtuError `OPTION` when the groups do not hold each class once, or are fewer than two.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { synthetic, withCoarseLabels } from "@ltu/datasets";
 *
 * const data = synthetic({ rng: createRng(1), classes: 4 });
 * const coarse = withCoarseLabels(data, { low: [0, 1], high: [2, 3] });
 * console.log(coarse.dataset.classNames, coarse.fineLabels === data.dataset.labels); // → [ 'low', 'high' ] true
 * ```
 */
export function withCoarseLabels(
  loaded: LoadedData,
  groups: ClassGroups,
  options?: ContentHashOptions,
): CoarseData {
  const { labels, classNames } = loaded.dataset;
  const names = Object.keys(groups);
  const listed = Object.values(groups).flat();
  const isEachOnce =
    listed.length === classNames.length && classNames.every((_, label) => listed.includes(label));
  if (names.length < 2 || !isEachOnce) {
    throw new LtuError(
      "OPTION",
      `withCoarseLabels: expected at least two groups that hold each of the ${classNames.length} classes once, found ${names.length} with the classes ${listed.join(", ") || "none"}; correct the groups.`,
    );
  }
  const coarseOf = classNames.map((_, label) => names.findIndex((name) => groups[name]?.includes(label)));
  const coarse = labels.map((label) => coarseOf[label] as number);
  return {
    ...withLabels(loaded, { labels: coarse, classNames: names }, options),
    fineLabels: labels,
    fineClassNames: classNames,
  };
}

/**
 * The same images with other labels.
 *
 * @returns New data with a content hash of its own; pixels are shared, not copied.
 * @throws LtuError `DATA` when the labels do not fit the images or the class names.
 */
export function withLabels(
  { dataset, parts, normalization, augmentation }: LoadedData,
  {
    labels,
    classNames = dataset.classNames,
  }: { readonly labels: Int32Array; readonly classNames?: readonly string[] },
  options?: ContentHashOptions,
): LoadedData {
  const { name, imageShape, pixels } = dataset;
  return createLoadedData(
    { name, imageShape, classNames, pixels, labels, parts, normalization, augmentation },
    options,
  );
}
