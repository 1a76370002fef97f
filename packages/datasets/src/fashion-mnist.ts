import { LtuError } from "@ltu/core";

import type { ContentHashOptions } from "./content-hash.ts";
import { parseIdx } from "./idx.ts";
import { createLoadedData, type LoadedData } from "./loaded-data.ts";
import { normalization } from "./normalization.ts";

/** One file of Fashion-MNIST. */
export interface FashionMnistFile {
  /** The name once unpacked; the official file has `.gz` after it. */
  readonly name: string;
  /** Bytes once unpacked. */
  readonly bytes: number;
  /** MD5 of the unpacked file. */
  readonly md5: string;
  /** MD5 of the official `.gz` file, the one that its publisher lists. */
  readonly gzMd5: string;
}

/** The four official files by what they hold. */
export interface FashionMnistFiles {
  readonly trainImages: FashionMnistFile;
  readonly trainLabels: FashionMnistFile;
  readonly testImages: FashionMnistFile;
  readonly testLabels: FashionMnistFile;
}

/** The official files; the sums of the unpacked ones were taken from files whose `.gz` sums hold. */
export const fashionMnistFiles: FashionMnistFiles = {
  trainImages: {
    name: "train-images-idx3-ubyte",
    bytes: 47_040_016,
    md5: "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    gzMd5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte",
    bytes: 60_008,
    md5: "9018921c3c673c538a1fc5bad174d6f9",
    gzMd5: "25c81989df183df01b3e8a0aad5dffbe",
  },
  testImages: {
    name: "t10k-images-idx3-ubyte",
    bytes: 7_840_016,
    md5: "8181f5470baa50b63fa0f6fddb340f0a",
    gzMd5: "bef4ecab320f06d8554ea6380940ec79",
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte",
    bytes: 10_008,
    md5: "15d484375f8d13e6eb1aabb0c3f46965",
    gzMd5: "bb300cfdad3c16e7a12a480ee83cd310",
  },
};

/** The class names of Fashion-MNIST in the order of its labels. */
export const fashionMnistClassNames: readonly string[] = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/** The unpacked bytes of the four files. */
export type FashionMnistBytes = Readonly<Record<keyof FashionMnistFiles, Uint8Array>>;

/**
 * Fashion-MNIST from the unpacked bytes of its four IDX files, such as a browser fetched them. Their checksums are
 * the caller's to check ({@link fashionMnistFiles}); in Node, `loadFashionMnist` of `@ltu/datasets/node` does it.
 *
 * @returns Training images, then test images, `[28, 28, 1]`.
 * @throws LtuError `DATA` when a file is no IDX file, is cut short, or images and labels do not fit.
 *
 * Source: Han Xiao, Kashif Rasul, Roland Vollgraf, Fashion-MNIST, 2017, arXiv 1708.07747.
 */
export function parseFashionMnist(bytes: FashionMnistBytes, options?: ContentHashOptions): LoadedData {
  const train = imagesAndLabels("training", bytes.trainImages, bytes.trainLabels);
  const test = imagesAndLabels("test", bytes.testImages, bytes.testLabels);
  const pixels = new Uint8Array(train.pixels.length + test.pixels.length);
  pixels.set(train.pixels);
  pixels.set(test.pixels, train.pixels.length);
  return createLoadedData(
    {
      name: "fashion-mnist",
      imageShape: [28, 28, 1],
      classNames: fashionMnistClassNames,
      pixels,
      labels: Int32Array.from([...train.labels, ...test.labels]),
      sizes: { train: train.labels.length, test: test.labels.length },
      normalization: normalization["fashion-mnist"],
      augmentation: "none",
    },
    options,
  );
}

/** Reads an image file and a label file that belong together. */
function imagesAndLabels(
  part: string,
  imageBytes: Uint8Array,
  labelBytes: Uint8Array,
): { pixels: Uint8Array; labels: Uint8Array } {
  const images = parseIdx(imageBytes);
  const labels = parseIdx(labelBytes);
  const [size, height, width] = images.shape;
  if (images.shape.length !== 3 || height !== 28 || width !== 28 || labels.shape.length !== 1) {
    throw new LtuError(
      "DATA",
      `parseFashionMnist: expected ${part} images of shape [n, 28, 28] and labels [n], found [${images.shape.join(", ")}] and [${labels.shape.join(", ")}]; give the files of Fashion-MNIST, images and labels not exchanged.`,
    );
  }
  if (size !== labels.shape[0]) {
    throw new LtuError(
      "DATA",
      `parseFashionMnist: expected a label for each of the ${size} ${part} images, found ${labels.shape[0]}; give images and labels of the same part.`,
    );
  }
  return { pixels: images.data, labels: labels.data };
}
