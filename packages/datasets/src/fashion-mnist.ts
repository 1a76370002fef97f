import type { ContentHashOptions } from "./content-hash.ts";
import { parseIdxImages, type IdxBytes, type IdxFile, type IdxFiles, type IdxSet } from "./idx-images.ts";
import type { LoadedData } from "./loaded-data.ts";
import { normalization } from "./normalization.ts";

/** One file of Fashion-MNIST. */
export type FashionMnistFile = IdxFile;

/** The four official files by what they hold. */
export type FashionMnistFiles = IdxFiles;

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
export type FashionMnistBytes = IdxBytes;

/** What this set has of its own among those in the form of MNIST. */
export const fashionMnistSet: IdxSet = {
  where: "parseFashionMnist",
  title: "Fashion-MNIST",
  name: "fashion-mnist",
  classNames: fashionMnistClassNames,
  normalization: normalization["fashion-mnist"],
};

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
  return parseIdxImages(bytes, fashionMnistSet, options);
}
