import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";

import { pack } from "tar-stream";

import { cifar100Files, cifar100RecordBytes, type Cifar100File } from "../src/cifar100.ts";
import { md5Of } from "./small-cifar10.ts";

/** Records in the official byte format: coarse label, fine label, three planes of pixels. */
const records = (count: number, shift: number): Uint8Array =>
  Uint8Array.from({ length: count * cifar100RecordBytes }, (_, i) => {
    const at = i % cifar100RecordBytes;
    const fine = (Math.floor(i / cifar100RecordBytes) * 37 + shift) % 100;
    return at === 0 ? Math.floor(fine / 5) : at === 1 ? fine : (i * 31 + shift) % 256;
  });
const lines = (count: number, name: string): Uint8Array =>
  Buffer.from(`${Array.from({ length: count }, (_, i) => `${name}_${i}`).join("\n")}\n`);
/** Files like the official ones, of a few records each. */
export const smallCifar100: ReadonlyMap<string, Uint8Array> = new Map([
  ["train.bin", records(4, 3)],
  ["test.bin", records(2, 11)],
  ["fine_label_names.txt", lines(100, "fine")],
  ["coarse_label_names.txt", lines(20, "coarse")],
]);
/** What a loader must find: the small files with their own sums. */
export const smallCifar100Table: readonly Cifar100File[] = cifar100Files.map((file) => {
  const bytes = smallCifar100.get(file.name) as Uint8Array;
  return { ...file, records: bytes.length / cifar100RecordBytes, md5: md5Of(bytes) };
});
/** Writes the files to a folder, all of them with `.gz` or none. */
export async function writeSmallCifar100(folder: string, gzipped = false): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of smallCifar100) {
    await writeFile(join(folder, gzipped ? `${name}.gz` : name), gzipped ? gzipSync(bytes) : bytes);
  }
}
/** Writes an archive in the layout of the official one, without one of its files or with an entry more. */
export async function writeSmallCifar100Archive(path: string, without = "", evil = ""): Promise<void> {
  const archive = pack();
  if (evil !== "") archive.entry({ name: evil }, Buffer.from("evil"));
  for (const [name, bytes] of smallCifar100) {
    if (name !== without) archive.entry({ name: `cifar-100-binary/${name}` }, Buffer.from(bytes));
  }
  archive.finalize();
  await pipeline(archive as unknown as NodeJS.ReadableStream, createGzip(), createWriteStream(path));
}
