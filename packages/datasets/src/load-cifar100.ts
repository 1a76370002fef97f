import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";

import { LtuError, type OnProgress } from "@ltu/core";

import { throwIfAborted } from "./abort.ts";
import { readChecked, readPieces } from "./checked-file.ts";
import {
  cifar100Decoder,
  cifar100Files,
  cifar100RecordBytes,
  type Cifar100Data,
  type Cifar100File,
} from "./cifar100.ts";
import { createLoadedData } from "./loaded-data.ts";
import { locateFiles, namesIn } from "./locate-files.ts";
import { normalization } from "./normalization.ts";
import { readArchive, textOf } from "./read-archive.ts";
import { tellImages } from "./tell-images.ts";

const where = "loadCifar100";
const fineNames = "fine_label_names.txt";
const coarseNames = "coarse_label_names.txt";

/** The official archive: its name, address and MD5. */
export const cifar100Archive: { readonly name: string; readonly url: string; readonly md5: string } = {
  name: "cifar-100-binary.tar.gz",
  url: "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
  md5: "03b5dce01913d631647c71ecec9e9cb8",
};

/** Where CIFAR-100 may be below a data folder. */
export const cifar100Folders: readonly string[] = ["cifar-100-binary", ""];

/** Options of {@link loadCifar100}. */
export interface LoadCifar100Options {
  /** Which labels `dataset.labels` are. Default `"fine"`. */
  readonly labels?: "fine" | "coarse";
  /** The files that must be there. Default: the official ones, {@link cifar100Files}. */
  readonly files?: readonly Cifar100File[];
  /** Told after each thousand images: images read of all. */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * CIFAR-100 from the official `cifar-100-binary.tar.gz` as it is, the unpacked `cifar-100-binary/`, or a folder with
 * its files, each plain or gzipped. Files are decoded while they are read; the MD5 of each unpacked one is compared
 * with the official one. Tested on small files in the official byte format only.
 *
 * @param folder - The folder that holds one of those forms, or the archive's own path.
 * @returns 50,000 training images, then 10,000 test images, `[32, 32, 3]`, with fine and coarse labels.
 * @throws LtuError `DATA` when the data is not there, or a file is missing, cut short or damaged, naming it and what
 * to do. `ABORTED` when `signal` says so.
 *
 * Source: Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
 */
export async function loadCifar100(
  folder: string,
  { labels = "fine", files = cifar100Files, onProgress, signal }: LoadCifar100Options = {},
): Promise<Cifar100Data> {
  throwIfAborted(where, signal);
  if (labels !== "fine" && labels !== "coarse") {
    throw new LtuError(
      "OPTION",
      `${where}: labels must be "fine" or "coarse", found "${String(labels)}"; choose one of the two.`,
    );
  }
  const size = files.reduce((sum, { records }) => sum + records, 0);
  const fineLabels = new Int32Array(size);
  const coarseLabels = new Int32Array(size);
  const pixels = new Uint8Array(size * 3072);
  let texts: ReadonlyMap<string, string>;
  const remedy = `fetch ${cifar100Archive.name} (MD5 ${cifar100Archive.md5}) again from ${cifar100Archive.url}`;
  const tell = tellImages("load cifar100", { total: size, recordBytes: cifar100RecordBytes, onProgress });
  const read = async (file: Cifar100File, label: string, pieces: AsyncIterable<Uint8Array>) => {
    const first = files.slice(0, files.indexOf(file)).reduce((sum, { records }) => sum + records, 0);
    const decode = cifar100Decoder({ pixels, fineLabels, coarseLabels }, { first, records: file.records });
    const expected = { bytes: file.records * cifar100RecordBytes, md5: file.md5 };
    await readChecked(
      pieces,
      (piece) => {
        decode(piece);
        tell(piece.length);
      },
      { where, file: label, expected, remedy, signal },
    );
  };

  const wanted = [...files.map(({ name }) => name), fineNames, coarseNames];
  const located = await locateFiles(folder, cifar100Folders, wanted);
  const archive = located?.missing.length === 0 ? undefined : await archiveIn(folder);
  if (archive !== undefined) {
    texts = await readArchive(archive, {
      where,
      remedy,
      required: files.map(({ name }) => name),
      texts: [fineNames, coarseNames],
      read: (name, label, pieces) =>
        read(files.find((file) => file.name === name) as Cifar100File, label, pieces),
    });
  } else {
    if (located === undefined || located.missing.length > 0) {
      const found = located === undefined ? "none of them" : `all but ${located.missing.join(", ")}`;
      throw new LtuError(
        "DATA",
        `${where}: ${located?.folder ?? folder}: expected ${cifar100Archive.name}, or ${wanted.join(", ")} (each plain or gzipped), found ${found}; download ${cifar100Archive.url} and put it there as it is.`,
      );
    }
    for (const file of files) {
      const path = located.paths.get(file.name) as string;
      await read(file, path, readPieces(path));
    }
    const found = new Map<string, string>();
    for (const name of [fineNames, coarseNames]) {
      const path = located.paths.get(name) as string;
      const text = await textOf(readPieces(path)).catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new LtuError(
          "DATA",
          `${where}: ${path}: expected class names, found a file that cannot be read (${reason}); ${remedy}.`,
          { cause },
        );
      });
      found.set(name, text);
    }
    texts = found;
  }
  const names = (name: string, count: number): readonly string[] => {
    const lines = (texts.get(name) ?? "").split("\n").map((line) => line.trim());
    const found = lines.filter((line) => line !== "");
    if (found.length === count) return found;
    throw new LtuError(
      "DATA",
      `${where}: ${folder}: expected ${count} class names in ${name}, found ${found.length}; ${remedy}.`,
    );
  };
  const fineClassNames = names(fineNames, 100);
  const coarseClassNames = names(coarseNames, 20);
  // The labels that were not asked for as well: nobody else looks at them.
  const wrong = coarseLabels.findIndex((coarse, i) => coarse >= 20 || (fineLabels[i] as number) >= 100);
  if (wrong >= 0) {
    throw new LtuError(
      "DATA",
      `${where}: ${folder}: expected coarse labels from 0 to 19 and fine ones from 0 to 99, found ${coarseLabels[wrong]} and ${fineLabels[wrong]} for image ${wrong}; ${remedy}.`,
    );
  }
  const part = (which: string): number =>
    files.reduce((sum, file) => sum + (file.part === which ? file.records : 0), 0);
  const make = (kind: "fine" | "coarse") =>
    createLoadedData(
      {
        name: "cifar100",
        imageShape: [32, 32, 3],
        classNames: kind === "fine" ? fineClassNames : coarseClassNames,
        pixels,
        labels: kind === "fine" ? fineLabels : coarseLabels,
        sizes: { train: part("train"), test: part("test") },
        normalization: normalization.cifar100,
        augmentation: "crop-flip",
      },
      { createSha256: () => createHash("sha256") },
    );
  return { ...make(labels), fineLabels, fineClassNames, coarseLabels, coarseClassNames };
}

/** The path of the official archive in a folder, or the folder itself where it is that path. */
export async function archiveIn(folder: string): Promise<string | undefined> {
  const { name } = cifar100Archive;
  if ((await namesIn(folder)).has(name)) return join(folder, name);
  return basename(folder) === name && (await namesIn(dirname(folder))).has(name) ? folder : undefined;
}
