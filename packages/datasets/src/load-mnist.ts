import { createHash } from "node:crypto";

import type { OnProgress } from "@ltu/core";

import { joinedInPlace, parseIdxImages, type IdxFiles } from "./idx-images.ts";
import type { LoadedData } from "./loaded-data.ts";
import { mnistFolders } from "./locate-files.ts";
import { mnistFiles, mnistSet } from "./mnist.ts";
import { readIdxFiles } from "./read-idx-files.ts";

/** Options of {@link loadMnist}. */
export interface LoadMnistOptions {
  /** The files that must be there. Default: the official ones, {@link mnistFiles}. */
  readonly files?: IdxFiles;
  /** Told after each file. */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * MNIST from its four official files, each as the `.gz` it comes in or unpacked. The MD5 of each unpacked file is
 * compared with the official one, which also tells them from those of Fashion-MNIST: both sets have files of the
 * same names. Tested on small files in the official byte format; the official ones are read where `LTU_DATA` has them.
 *
 * @param folder - The folder that holds them, or has them in `mnist/` or `MNIST/raw/`.
 * @returns 60,000 training images, then 10,000 test images, `[28, 28, 1]`.
 * @throws LtuError `DATA` when the data is not there, or a file is missing, cut short or damaged: the message names
 * the file, the expected and found length or MD5, and what to do. `ABORTED` when `signal` says so.
 *
 * Source: Yann LeCun, Corinna Cortes, Christopher Burges, The MNIST database of handwritten digits, 1998.
 */
export async function loadMnist(
  folder: string,
  { files = mnistFiles, onProgress, signal }: LoadMnistOptions = {},
): Promise<LoadedData> {
  const bytes = await readIdxFiles(folder, {
    where: "loadMnist",
    title: "MNIST",
    name: "mnist",
    files,
    below: mnistFolders,
    source: "a publisher of MNIST (Fashion-MNIST has files of the same names)",
    onProgress,
    signal,
  });
  return parseIdxImages(bytes, mnistSet, {
    createSha256: () => createHash("sha256"),
    join: joinedInPlace,
  });
}
