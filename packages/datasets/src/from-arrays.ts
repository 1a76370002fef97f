import { LtuError } from "@ltu/core";

import type { DatasetParts } from "./dataset-parts.ts";
import { everyFifthForTest } from "./held-out.ts";
import { createLoadedData, type LoadedData, type LoadedDataSource } from "./loaded-data.ts";
import { channelStatistics, type Normalization } from "./normalization.ts";

/** The numbers of one image, or of many: bytes from 0 to 255, or floats in [0, 1] as `Float32Array`/`Float64Array`. */
export type ImageArray = Uint8Array | Uint8ClampedArray | Float32Array | Float64Array | readonly number[];

/** What {@link fromArrays} needs. */
export interface ArraySource {
  /** Default `"arrays"`. */
  readonly name?: string;
  /** All images one after the other, channels last. Either this or `images`. */
  readonly pixels?: ImageArray;
  /** One array for each image. */
  readonly images?: readonly ImageArray[];
  /** One for each image, from 0 to the number of classes less one. */
  readonly labels: ArrayLike<number>;
  /** `[height, width, channels]`. */
  readonly imageShape: readonly [number, number, number];
  readonly classNames: readonly string[];
  /** Which images are for what. Default: every fifth of each class is a test image, the others train. */
  readonly parts?: DatasetParts;
  /** Images that lie in order: so many to train, then to validate, then to test. In place of `parts`. */
  readonly sizes?: NonNullable<LoadedDataSource["sizes"]>;
  /** Default: mean and standard deviation of each channel over the training images. */
  readonly normalization?: Normalization;
  /** Default `"none"`. */
  readonly augmentation?: "crop-flip" | "none";
}

/**
 * A data set from images that are in memory: a browser's canvas, another library's arrays, a database.
 *
 * Bytes are held as they are; floats in [0, 1] are rounded to the nearest of 256 steps. Plain lists of numbers are
 * bytes.
 *
 * @returns The data, images in the order given. A `Uint8Array` of `pixels` is held, not copied.
 * @throws LtuError `DATA` naming the first image, label or class that does not fit; `OPTION` for `pixels` and
 * `images`, or `sizes` and `parts`, together.
 *
 * @example
 * ```ts
 * import { fromArrays } from "@ltu/datasets";
 *
 * const data = fromArrays({
 *   images: [[0, 10], [250, 255], [5, 5], [255, 240]],
 *   labels: [0, 1, 0, 1],
 *   imageShape: [1, 2, 1],
 *   classNames: ["dark", "bright"],
 * });
 * console.log([...data.parts.train], [...data.parts.test]); // → [ 0, 1 ] [ 2, 3 ]
 * ```
 */
export function fromArrays(source: ArraySource): LoadedData {
  const { name = "arrays", imageShape, classNames, sizes, augmentation = "none" } = source;
  const option = (expected: string, found: string, remedy: string): LtuError =>
    new LtuError("OPTION", `fromArrays: expected ${expected}, found ${found}; ${remedy}.`);
  if ((source.pixels === undefined) === (source.images === undefined)) {
    const found = source.pixels === undefined ? "neither" : "both";
    throw option("either pixels or images", found, "give one of the two");
  }
  if (sizes !== undefined && source.parts !== undefined) {
    throw option("sizes or parts or none of them", "both", "give one of the two");
  }
  if (imageShape.length !== 3 || !imageShape.every((side) => Number.isSafeInteger(side) && side > 0)) {
    throw option("imageShape [height, width, channels]", `[${imageShape.join(", ")}]`, "correct it");
  }
  const labels = checkedLabels(source.labels);
  checkClassNames(classNames);
  const stride = imageShape[0] * imageShape[1] * imageShape[2];
  const pixels =
    source.pixels === undefined
      ? joined(source.images as readonly ImageArray[], stride)
      : bytesOf(source.pixels, stride);
  const parts = source.parts ?? (sizes === undefined ? everyFifthForTest(labels) : undefined);
  const placed = parts === undefined ? { sizes: sizes as NonNullable<typeof sizes> } : { parts };
  const zeros = imageShape.slice(2).flatMap((channels) => Array.from({ length: channels }, () => 0));
  const loaded = createLoadedData({
    name,
    imageShape,
    classNames,
    pixels,
    labels,
    ...placed,
    normalization: source.normalization ?? { mean: zeros, std: zeros.map(() => 1) },
    augmentation,
  });
  return source.normalization === undefined
    ? { ...loaded, normalization: statisticsOfTraining(loaded) }
    : loaded;
}

/** Statistics of the training images; a channel that never changes gets deviation 1, so that nothing divides by 0. */
export function statisticsOfTraining({ dataset, parts }: LoadedData): Normalization {
  const { mean, std } = channelStatistics(dataset, parts.train.length > 0 ? parts.train : parts.test);
  return { mean, std: std.map((value) => (value > 0 ? value : 1)) };
}

function checkedLabels(labels: ArrayLike<number>): Int32Array {
  if (labels.length === 0) {
    throw new LtuError(
      "DATA",
      "fromArrays: expected at least one image, found none; give images and labels.",
    );
  }
  return Int32Array.from(labels, (label, image) => {
    if (Number.isSafeInteger(label)) return label;
    throw new LtuError(
      "DATA",
      `fromArrays: expected whole numbers as labels, found ${label} for image ${image}; number the classes from 0.`,
    );
  });
}

function checkClassNames(classNames: readonly string[]): void {
  const twice = classNames.find((className, i) => classNames.indexOf(className) !== i);
  if (twice === undefined) return;
  throw new LtuError(
    "DATA",
    `fromArrays: expected a name of its own for each class, found "${twice}" twice; rename one.`,
  );
}

/** One array of bytes from one for each image. */
function joined(images: readonly ImageArray[], stride: number): Uint8Array {
  const pixels = new Uint8Array(images.length * stride);
  images.forEach((image, i) => {
    if (image.length !== stride) {
      throw new LtuError(
        "DATA",
        `fromArrays: expected ${stride} numbers in each image, found ${image.length} in image ${i}; resize the images to imageShape.`,
      );
    }
    pixels.set(bytesOf(image, stride, i), i * stride);
  });
  return pixels;
}

/** Numbers as bytes; `first` is the position of their first image, for the message. */
function bytesOf(values: ImageArray, stride: number, first = 0): Uint8Array {
  if (values instanceof Uint8Array) return values;
  if (values instanceof Uint8ClampedArray) {
    return new Uint8Array(values.buffer, values.byteOffset, values.length);
  }
  const floats = values instanceof Float32Array || values instanceof Float64Array;
  const bytes = new Uint8Array(values.length);
  values.forEach((value: number, position: number) => {
    const fits = floats ? value >= 0 && value <= 1 : Number.isInteger(value) && value >= 0 && value <= 255;
    if (!fits) {
      throw new LtuError(
        "DATA",
        `fromArrays: expected ${floats ? "floats from 0 to 1" : "whole numbers from 0 to 255"}, found ${value} in image ${first + Math.floor(position / stride)}; scale the pixels.`,
      );
    }
    bytes[position] = floats ? Math.round(value * 255) : value;
  });
  return bytes;
}
