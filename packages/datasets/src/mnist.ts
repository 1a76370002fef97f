import type { ContentHashOptions } from "./content-hash.ts";
import { parseIdxImages, type IdxBytes, type IdxFiles, type IdxSet } from "./idx-images.ts";
import type { LoadedData } from "./loaded-data.ts";
import { normalization } from "./normalization.ts";

/** The four official files of MNIST. */
export const mnistFiles: IdxFiles = {
  trainImages: {
    name: "train-images-idx3-ubyte",
    bytes: 47_040_016,
    md5: "6bbc9ace898e44ae57da46a324031adb",
    gzMd5: "f68b3c2dcbeaaa9fbdd348bbdeb94873",
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte",
    bytes: 60_008,
    md5: "a25bea736e30d166cdddb491f175f624",
    gzMd5: "d53e105ee54ea40749a09fcbcd1e9432",
  },
  testImages: {
    name: "t10k-images-idx3-ubyte",
    bytes: 7_840_016,
    md5: "2646ac647ad5339dbf082846283269ea",
    gzMd5: "9fb629c4189551a2d022fa330f9573f3",
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte",
    bytes: 10_008,
    md5: "27ae3e4e09519cfbb04c329615203637",
    gzMd5: "ec29112dd5afa0611ce80d1b7f02629c",
  },
};

/** The class names of MNIST in the order of its labels: the ten digits. */
export const mnistClassNames: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** What this set has of its own among those in the form of MNIST. */
export const mnistSet: IdxSet = {
  where: "parseMnist",
  title: "MNIST",
  name: "mnist",
  classNames: mnistClassNames,
  normalization: normalization.mnist,
};

/**
 * MNIST from the unpacked bytes of its four IDX files, such as a browser fetched them. Their checksums are the
 * caller's to check ({@link mnistFiles}); in Node, `loadMnist` of `@ltu/datasets/node` does it.
 *
 * @returns Training images, then test images, `[28, 28, 1]`.
 * @throws LtuError `DATA` when a file is no IDX file, is cut short, or images and labels do not fit.
 *
 * Source: Yann LeCun, Corinna Cortes, Christopher Burges, The MNIST database of handwritten digits, 1998.
 */
export function parseMnist(bytes: IdxBytes, options?: ContentHashOptions): LoadedData {
  return parseIdxImages(bytes, mnistSet, options);
}
