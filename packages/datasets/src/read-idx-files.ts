import { LtuError, type OnProgress } from "@ltu/core";

import { throwIfAborted } from "./abort.ts";
import { readChecked, readPieces } from "./checked-file.ts";
import type { IdxBytes, IdxFile, IdxFiles } from "./idx-images.ts";
import { locateFiles } from "./locate-files.ts";

/** What {@link readIdxFiles} looks for, and who asks. */
export interface IdxRead {
  readonly where: string;
  readonly title: string;
  readonly name: string;
  readonly files: IdxFiles;
  /** Where the files may be below the folder. */
  readonly below: readonly string[];
  /** Where a user gets them, as the end of a sentence. */
  readonly source: string;
  readonly onProgress: OnProgress | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * The unpacked bytes of the four files of a set in the form of MNIST, each checked by length and MD5. Training and test images
 * share one memory, for {@link joinedInPlace}.
 */
export async function readIdxFiles(
  folder: string,
  { where, title, name: set, files, below, source, onProgress, signal }: IdxRead,
): Promise<IdxBytes> {
  throwIfAborted(where, signal);
  const entries = Object.entries(files) as [keyof IdxFiles, IdxFile][];
  const names = entries.map(([, { name }]) => name);
  const located = await locateFiles(folder, below, names);
  const missing = located?.missing ?? names;
  if (located === undefined || missing.length > 0) {
    throw new LtuError(
      "DATA",
      `${where}: ${located?.folder ?? folder}: expected the four files of ${title}, found ${located === undefined ? "none" : `${names.length - missing.length}`}; put ${missing.join(", ")} there (plain or .gz), from ${source}.`,
    );
  }
  const { trainImages, testImages } = files;
  const images = new Uint8Array(trainImages.bytes + testImages.bytes);
  const bytes: Record<keyof IdxFiles, Uint8Array> = {
    trainImages: images.subarray(0, trainImages.bytes),
    trainLabels: new Uint8Array(files.trainLabels.bytes),
    testImages: images.subarray(trainImages.bytes),
    testLabels: new Uint8Array(files.testLabels.bytes),
  };
  for (const [step, [key, file]] of entries.entries()) {
    const path = located.paths.get(file.name) as string;
    const unpacked = bytes[key];
    let at = 0;
    const keep = (piece: Uint8Array): void => {
      const fitting = piece.subarray(0, file.bytes - at);
      unpacked.set(fitting, at);
      at += fitting.length;
    };
    const remedy = `fetch ${file.name}.gz (MD5 ${file.gzMd5}) again from ${source}`;
    await readChecked(readPieces(path), keep, { where, file: path, expected: file, remedy, signal });
    onProgress?.({ task: `load ${set}`, step: step + 1, steps: entries.length });
  }
  return bytes;
}
