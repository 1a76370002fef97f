import { LtuError, type Dataset, type IndexSet } from "@ltu/core";

import { contentHash, type ContentHashOptions } from "./content-hash.ts";
import type { DatasetParts } from "./dataset-parts.ts";
import type { Normalization } from "./normalization.ts";

/** A data set in memory with all that training needs to know of it. Plain arrays; nothing to dispose. */
export interface LoadedData {
  /** All images: training, validation, test in this order where files hold them; `parts` says it of any data. */
  readonly dataset: Dataset;
  readonly parts: DatasetParts;
  readonly normalization: Normalization;
  /** The training augmentation that is usual for this data. */
  readonly augmentation: "crop-flip" | "none";
  /** See {@link contentHash}: equal for equal data, whatever files it came from. */
  readonly contentHash: string;
}

/** What {@link createLoadedData} needs. */
export interface LoadedDataSource {
  readonly name: string;
  /** `[height, width, channels]`. */
  readonly imageShape: readonly [number, number, number];
  readonly classNames: readonly string[];
  /** Channels last, one byte a number; with `sizes` training images first, then validation, then test. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  /** How many images each part holds; together all of them. Either this or `parts`. */
  readonly sizes?: { readonly train: number; readonly val?: number; readonly test: number };
  /** Which images each part holds, where they are not in order: each image in one part. */
  readonly parts?: DatasetParts;
  readonly normalization: Normalization;
  readonly augmentation: "crop-flip" | "none";
}

/**
 * Puts pixels and labels together to a {@link LoadedData}: checks that they fit each other, and hashes them.
 * This is also the way in for images of your own.
 *
 * @returns The data; `pixels` and `labels` are held, not copied.
 * @throws LtuError `DATA` when lengths, labels, class names or constants do not fit, naming the first that does not.
 *
 * @example
 * ```ts
 * import { createLoadedData } from "@ltu/datasets";
 *
 * const data = createLoadedData({
 *   name: "four-dots",
 *   imageShape: [1, 1, 1],
 *   classNames: ["dark", "bright"],
 *   pixels: Uint8Array.of(10, 240, 30, 220),
 *   labels: Int32Array.of(0, 1, 0, 1),
 *   sizes: { train: 2, test: 2 },
 *   normalization: { mean: [0.5], std: [0.5] },
 *   augmentation: "none",
 * });
 * console.log([...data.parts.test]); // → [ 2, 3 ]
 * ```
 */
export function createLoadedData(source: LoadedDataSource, options?: ContentHashOptions): LoadedData {
  const { name, imageShape, classNames, pixels, labels, sizes, normalization, augmentation } = source;
  const [height, width, channels] = imageShape;
  const size = labels.length;
  const refuse = (expected: string, found: string, remedy: string): never => {
    throw new LtuError("DATA", `${name}: expected ${expected}, found ${found}; ${remedy}.`);
  };
  if (pixels.length !== size * height * width * channels) {
    refuse(
      `${size * height * width * channels} bytes of pixels for ${size} images of ${imageShape.join("x")}`,
      `${pixels.length}`,
      "give one image for each label",
    );
  }
  if ((sizes === undefined) === (source.parts === undefined)) {
    refuse("either sizes or parts", sizes === undefined ? "neither" : "both", "give one of the two");
  }
  const asked = [sizes?.train ?? 0, sizes?.val ?? 0, sizes?.test ?? 0];
  if (!asked.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    refuse("sizes in whole images", asked.join(" + "), "correct the sizes");
  }
  const parts = source.parts ?? partsOf(sizes as Sizes);
  const counts = [parts.train, ...(parts.val === undefined ? [] : [parts.val]), parts.test];
  if (counts.reduce((sum, part) => sum + part.length, 0) !== size) {
    const found = [parts.train, parts.val, parts.test].map((part) => part?.length ?? 0);
    refuse(`parts of ${size} images together`, found.join(" + "), "correct the sizes");
  }
  if (source.parts !== undefined) {
    const seen = new Uint8Array(size);
    for (const index of counts.flatMap((part) => [...part])) {
      if (seen[index] !== 0) {
        refuse(
          `each image from 0 to ${size - 1} in one part`,
          `${index} twice or outside`,
          "correct the parts",
        );
      }
      seen[index] = 1;
    }
  }
  if (normalization.mean.length !== channels || normalization.std.length !== channels) {
    refuse(
      `${channels} means and deviations, one for each channel`,
      `${normalization.mean.length} and ${normalization.std.length}`,
      "correct the normalisation",
    );
  }
  const twice = classNames.find((className, label) => classNames.indexOf(className) !== label);
  if (twice !== undefined) {
    refuse(
      "a name of its own for each class",
      `"${twice}" twice`,
      "rename one, or restore the file of the names",
    );
  }
  const wrong = labels.findIndex((label) => label < 0 || label >= classNames.length);
  if (wrong >= 0) {
    refuse(
      `labels from 0 to ${classNames.length - 1}`,
      `${labels[wrong]} for image ${wrong}`,
      "the file is damaged or of another format: fetch it again",
    );
  }
  const dataset: Dataset = { name, size, imageShape, classNames, pixels, labels };
  return {
    dataset,
    parts,
    normalization,
    augmentation,
    contentHash: contentHash(dataset, parts, options),
  };
}

type Sizes = NonNullable<LoadedDataSource["sizes"]>;

/** The parts of images that lie in order. */
function partsOf({ train, val = 0, test }: Sizes): DatasetParts {
  const range = (from: number, length: number): IndexSet => Int32Array.from({ length }, (_, i) => from + i);
  return {
    train: range(0, train),
    ...(val > 0 ? { val: range(train, val) } : {}),
    test: range(train + val, test),
  };
}
