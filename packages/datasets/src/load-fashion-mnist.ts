import { createHash } from "node:crypto";

import type { OnProgress } from "@ltu/core";

import { fashionMnistFiles, fashionMnistSet, type FashionMnistFiles } from "./fashion-mnist.ts";
import { joinedInPlace, parseIdxImages } from "./idx-images.ts";
import type { LoadedData } from "./loaded-data.ts";
import { fashionMnistFolders } from "./locate-files.ts";
import { readIdxFiles } from "./read-idx-files.ts";

/** Options of {@link loadFashionMnist}. */
export interface LoadFashionMnistOptions {
  /** The files that must be there. Default: the official ones, {@link fashionMnistFiles}. */
  readonly files?: FashionMnistFiles;
  /** Told after each file. */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fashion-MNIST from its four official files, each as the `.gz` it comes in or unpacked. The MD5 of each unpacked
 * file is compared with the official one.
 *
 * @param folder - The folder that holds them, or has them in `fashion-mnist/` or `FashionMNIST/raw/`.
 * @returns 60,000 training images, then 10,000 test images, `[28, 28, 1]`.
 * @throws LtuError `DATA` when the data is not there, or a file is missing, cut short or damaged: the message names
 * the file, the expected and found length or MD5, and what to do. `ABORTED` when `signal` says so.
 *
 * Source: Han Xiao, Kashif Rasul, Roland Vollgraf, Fashion-MNIST, 2017, arXiv 1708.07747.
 */
export async function loadFashionMnist(
  folder: string,
  { files = fashionMnistFiles, onProgress, signal }: LoadFashionMnistOptions = {},
): Promise<LoadedData> {
  const bytes = await readIdxFiles(folder, {
    where: "loadFashionMnist",
    title: "Fashion-MNIST",
    name: "fashion-mnist",
    files,
    below: fashionMnistFolders,
    source: "https://github.com/zalandoresearch/fashion-mnist",
    onProgress,
    signal,
  });
  return parseIdxImages(bytes, fashionMnistSet, {
    createSha256: () => createHash("sha256"),
    join: joinedInPlace,
  });
}
