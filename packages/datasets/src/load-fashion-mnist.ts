import { createHash } from "node:crypto";

import { LtuError, type OnProgress } from "@ltu/core";

import { throwIfAborted } from "./abort.ts";
import { readChecked, readPieces } from "./checked-file.ts";
import {
  fashionMnistFiles,
  parseFashionMnist,
  type FashionMnistBytes,
  type FashionMnistFile,
  type FashionMnistFiles,
} from "./fashion-mnist.ts";
import type { LoadedData } from "./loaded-data.ts";
import { fashionMnistFolders, locateFiles } from "./locate-files.ts";

const where = "loadFashionMnist";

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
  throwIfAborted(where, signal);
  const entries = Object.entries(files) as [keyof FashionMnistFiles, FashionMnistFile][];
  const names = entries.map(([, { name }]) => name);
  const located = await locateFiles(folder, fashionMnistFolders, names);
  const missing = located?.missing ?? names;
  if (located === undefined || missing.length > 0) {
    throw new LtuError(
      "DATA",
      `${where}: ${located?.folder ?? folder}: expected the four files of Fashion-MNIST, found ${located === undefined ? "none" : `${names.length - missing.length}`}; put ${missing.join(", ")} there (plain or .gz), from https://github.com/zalandoresearch/fashion-mnist.`,
    );
  }
  const bytes: Partial<Record<keyof FashionMnistFiles, Uint8Array>> = {};
  for (const [step, [key, file]] of entries.entries()) {
    const path = located.paths.get(file.name) as string;
    const unpacked = new Uint8Array(file.bytes);
    let at = 0;
    const keep = (piece: Uint8Array): void => {
      const fitting = piece.subarray(0, file.bytes - at);
      unpacked.set(fitting, at);
      at += fitting.length;
    };
    const remedy = `fetch ${file.name}.gz (MD5 ${file.gzMd5}) again from https://github.com/zalandoresearch/fashion-mnist`;
    await readChecked(readPieces(path), keep, { where, file: path, expected: file, remedy, signal });
    bytes[key] = unpacked;
    onProgress?.({ task: "load fashion-mnist", step: step + 1, steps: entries.length });
  }
  return parseFashionMnist(bytes as FashionMnistBytes, { createSha256: () => createHash("sha256") });
}
