import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { LtuError, type OnProgress } from "@ltu/core";

import { throwIfAborted } from "./abort.ts";
import { readChecked, readPieces } from "./checked-file.ts";
import {
  cifar10ClassNames,
  cifar10Columns,
  cifar10Decoder,
  cifar10Files,
  cifar10FromColumns,
  cifar10RecordBytes,
  type Cifar10File,
} from "./cifar10.ts";
import type { LoadedData } from "./loaded-data.ts";
import { cifar10Archive, cifar10Folder, locateCifar10 } from "./locate-cifar10.ts";
import { readArchive } from "./read-archive.ts";
import { tellImages } from "./tell-images.ts";

const where = "loadCifar10";
const metaName = "batches.meta.txt";

/** Options of {@link loadCifar10}. */
export interface LoadCifar10Options {
  /** The files that must be there. Default: the six official ones, {@link cifar10Files}. */
  readonly files?: readonly Cifar10File[];
  /** Told after each thousand images: images read of all. */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * CIFAR-10 from any form a user has it in: the official `cifar-10-binary.tar.gz` as it is, the unpacked
 * `cifar-10-batches-bin/`, or a folder with the `.bin` files, each of them plain or gzipped.
 *
 * Files are decoded while they are read: one copy of the images is in memory, 184 MB for all of them. The MD5 of
 * each unpacked file is compared with the official one.
 *
 * @param folder - The folder that holds one of those forms, or the archive's own path.
 * @returns 50,000 training images, then 10,000 test images, `[32, 32, 3]`.
 * @throws LtuError `DATA` when the data is not there, or a file is missing, cut short or damaged: the message names
 * the file, the expected and found length or MD5, and what to do. `ABORTED` when `signal` says so.
 *
 * Source: Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
 */
export async function loadCifar10(
  folder: string,
  { files = cifar10Files, onProgress, signal }: LoadCifar10Options = {},
): Promise<LoadedData> {
  throwIfAborted(where, signal);
  const location = await locateCifar10(
    folder,
    files.map(({ name }) => name),
  );
  if (location === undefined) throw notThere(folder);
  if (location.form === "files" && location.missing.length > 0) {
    throw new LtuError(
      "DATA",
      `${where}: ${location.path}: expected ${files.length} files, found ${files.length - location.missing.length}, without ${location.missing.join(", ")}; put ${location.missing.length === 1 ? "it" : "them"} there, plain or gzipped, or unpack ${cifar10Archive.name} again.`,
    );
  }
  const total = files.reduce((sum, { records }) => sum + records, 0);
  const columns = cifar10Columns(total);
  const tell = tellImages("load cifar10", { total, recordBytes: cifar10RecordBytes, onProgress });
  const read = async (
    file: Cifar10File,
    label: string,
    pieces: AsyncIterable<Uint8Array>,
    remedy: string,
  ) => {
    const first = files.slice(0, files.indexOf(file)).reduce((sum, { records }) => sum + records, 0);
    const decode = cifar10Decoder(columns, { first, records: file.records });
    const expected = { bytes: file.records * cifar10RecordBytes, md5: file.md5 };
    await readChecked(
      pieces,
      (piece) => {
        decode(piece);
        tell(piece.length);
      },
      { where, file: label, expected, remedy, signal },
    );
  };
  const meta =
    location.form === "archive"
      ? await readOfficial(location.path, files, read)
      : await readFolder(location.path, location.paths, files, read);
  const partSize = (part: "train" | "test"): number =>
    files.reduce((sum, file) => sum + (file.part === part ? file.records : 0), 0);
  return cifar10FromColumns(
    columns,
    { train: partSize("train"), test: partSize("test") },
    meta === undefined ? cifar10ClassNames : classNamesOf(meta, location.path),
    { createSha256: () => createHash("sha256") },
  );
}

type ReadFile = (
  file: Cifar10File,
  label: string,
  pieces: AsyncIterable<Uint8Array>,
  remedy: string,
) => Promise<void>;

/** Reads the unpacked files one after the other; returns the text of `batches.meta.txt` if it is there. */
async function readFolder(
  folder: string,
  paths: ReadonlyMap<string, string>,
  files: readonly Cifar10File[],
  read: ReadFile,
): Promise<string | undefined> {
  for (const file of files) {
    const path = paths.get(file.name) as string;
    await read(
      file,
      path,
      readPieces(path),
      `unpack or copy ${basename(path)} again from ${cifar10Archive.name}`,
    );
  }
  return readFile(join(folder, metaName), "utf8").catch(() => undefined);
}

/** Reads the official archive; returns the text of `batches.meta.txt` if it is there. */
async function readOfficial(
  path: string,
  files: readonly Cifar10File[],
  read: ReadFile,
): Promise<string | undefined> {
  const remedy = `fetch ${cifar10Archive.name} (MD5 ${cifar10Archive.md5}) again from ${cifar10Archive.url}`;
  const texts = await readArchive(path, {
    where,
    remedy,
    required: files.map(({ name }) => name),
    texts: [metaName],
    read: (name, label, pieces) =>
      read(files.find((file) => file.name === name) as Cifar10File, label, pieces, remedy),
  });
  return texts.get(metaName);
}

/** The names in `batches.meta.txt`, one a line. */
function classNamesOf(text: string, path: string): readonly string[] {
  const names = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (names.length === cifar10ClassNames.length) return names;
  throw new LtuError(
    "DATA",
    `${where}: ${path}: expected ${cifar10ClassNames.length} class names in ${metaName}, found ${names.length}; restore the file or remove it.`,
  );
}

function notThere(folder: string): LtuError {
  return new LtuError(
    "DATA",
    `${where}: ${folder}: expected ${cifar10Archive.name}, ${cifar10Folder}/ or the .bin files (each plain or gzipped), found none of them; download ${cifar10Archive.url} and put it there as it is.`,
  );
}
