import { LtuError } from "@ltu/core";

import type { ContentHashOptions } from "./content-hash.ts";
import { parseIdx } from "./idx.ts";
import { createLoadedData, type LoadedData } from "./loaded-data.ts";
import type { Normalization } from "./normalization.ts";

/** One file of MNIST or of a set in its form. */
export interface IdxFile {
  /** The name once unpacked; the official file has `.gz` after it. */
  readonly name: string;
  /** Bytes once unpacked. */
  readonly bytes: number;
  /** MD5 of the unpacked file. */
  readonly md5: string;
  /** MD5 of the official `.gz` file, the one that its publisher lists. */
  readonly gzMd5: string;
}

/** The four files of such a set by what they hold. */
export interface IdxFiles {
  readonly trainImages: IdxFile;
  readonly trainLabels: IdxFile;
  readonly testImages: IdxFile;
  readonly testLabels: IdxFile;
}

/** The unpacked bytes of the four files. */
export type IdxBytes = Readonly<Record<keyof IdxFiles, Uint8Array>>;

/** What sets in the form of MNIST differ in. */
export interface IdxSet {
  /** The function that reads it, for messages. */
  readonly where: string;
  readonly title: string;
  readonly name: string;
  readonly classNames: readonly string[];
  readonly normalization: Normalization;
}

/** Options of {@link parseIdxImages}. */
export interface ParseIdxOptions extends ContentHashOptions {
  /** Puts training and test pixels one after the other. Default: {@link joined}, a copy. */
  readonly join?: (train: Uint8Array, test: Uint8Array) => Uint8Array;
}

/** The data set of four IDX files of 28x28 images and their labels: training images, then test images. */
export function parseIdxImages(
  bytes: IdxBytes,
  set: IdxSet,
  { join = joined, ...options }: ParseIdxOptions = {},
): LoadedData {
  const train = imagesAndLabels("training", set, bytes.trainImages, bytes.trainLabels);
  const test = imagesAndLabels("test", set, bytes.testImages, bytes.testLabels);
  return createLoadedData(
    {
      name: set.name,
      imageShape: [28, 28, 1],
      classNames: set.classNames,
      pixels: join(train.pixels, test.pixels),
      labels: Int32Array.from([...train.labels, ...test.labels]),
      sizes: { train: train.labels.length, test: test.labels.length },
      normalization: set.normalization,
      augmentation: "none",
    },
    options,
  );
}

/** Both, in an array of its own. */
function joined(train: Uint8Array, test: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(train.length + test.length);
  pixels.set(train);
  pixels.set(test, train.length);
  return pixels;
}

/** Both, moved together within the memory that they share, training first: no second copy is ever there. */
export function joinedInPlace(train: Uint8Array, test: Uint8Array): Uint8Array {
  const all = new Uint8Array(train.buffer);
  const end = train.byteOffset + train.length;
  all.copyWithin(end, test.byteOffset, test.byteOffset + test.length);
  return all.subarray(train.byteOffset, end + test.length);
}

/** Reads an image file and a label file that belong together. */
function imagesAndLabels(
  part: string,
  { where, title }: IdxSet,
  imageBytes: Uint8Array,
  labelBytes: Uint8Array,
): { pixels: Uint8Array; labels: Uint8Array } {
  const images = parseIdx(imageBytes);
  const labels = parseIdx(labelBytes);
  const [size, height, width] = images.shape;
  if (images.shape.length !== 3 || height !== 28 || width !== 28 || labels.shape.length !== 1) {
    throw new LtuError(
      "DATA",
      `${where}: expected ${part} images of shape [n, 28, 28] and labels [n], found [${images.shape.join(", ")}] and [${labels.shape.join(", ")}]; give the files of ${title}, images and labels not exchanged.`,
    );
  }
  if (size !== labels.shape[0]) {
    throw new LtuError(
      "DATA",
      `${where}: expected a label for each of the ${size} ${part} images, found ${labels.shape[0]}; give images and labels of the same part.`,
    );
  }
  return { pixels: images.data, labels: labels.data };
}
