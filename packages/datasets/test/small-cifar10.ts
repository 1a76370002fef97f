import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";

import { pack } from "tar-stream";

import { cifar10Files, cifar10RecordBytes, type Cifar10File } from "../src/cifar10.ts";

/** Records in each file of the small stand-in. */
export const smallRecords = 3;

/** Six files like the official ones, of three records each: label and pixels follow from the position. */
export const smallFiles: ReadonlyMap<string, Uint8Array> = new Map(
  cifar10Files.map(({ name }, file) => [
    name,
    Uint8Array.from({ length: smallRecords * cifar10RecordBytes }, (_, i) =>
      i % cifar10RecordBytes === 0
        ? (file + Math.floor(i / cifar10RecordBytes)) % 10
        : (i * 31 + file * 7) % 256,
    ),
  ]),
);

export const md5Of = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

/** What a loader must find: the small files with their own sums. */
export const smallTable: readonly Cifar10File[] = cifar10Files.map((file) => ({
  ...file,
  records: smallRecords,
  md5: md5Of(smallFiles.get(file.name) as Uint8Array),
}));

/** Writes the files to a folder; `gzipped` says which get `.gz`. */
export async function writeSmallFolder(
  folder: string,
  { gzipped = () => false }: { gzipped?: (name: string) => boolean } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of smallFiles) {
    if (gzipped(name)) await writeFile(join(folder, `${name}.gz`), gzipSync(bytes));
    else await writeFile(join(folder, name), bytes);
  }
}

/** Writes an archive in the layout of the official one. */
export async function writeSmallArchive(
  path: string,
  entries: ReadonlyMap<string, Uint8Array> = smallFiles,
): Promise<void> {
  const archive = pack();
  archive.entry({ name: "cifar-10-batches-bin/", type: "directory" });
  // The official archive does not hold its files in the order of their numbers.
  for (const [name, bytes] of [...entries].reverse()) {
    archive.entry({ name: `cifar-10-batches-bin/${name}` }, Buffer.from(bytes));
  }
  archive.finalize();
  await pipeline(archive as unknown as NodeJS.ReadableStream, createGzip(), createWriteStream(path));
}

/** Runs `use` with a fresh folder that is removed afterwards. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "ltu-datasets-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
