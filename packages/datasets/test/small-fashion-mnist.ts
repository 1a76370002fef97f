import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { FashionMnistBytes, FashionMnistFiles } from "../src/fashion-mnist.ts";
import { fashionMnistFiles } from "../src/fashion-mnist.ts";
import { encodeIdx } from "../src/idx.ts";
import { md5Of } from "./small-cifar10.ts";

const images = (size: number): Uint8Array =>
  encodeIdx(
    [size, 28, 28],
    Uint8Array.from({ length: size * 784 }, (_, i) => (i * 13) % 256),
  );
const labels = (size: number): Uint8Array =>
  encodeIdx(
    [size],
    Uint8Array.from({ length: size }, (_, i) => i % 10),
  );

/** A stand-in of twelve training and four test images. */
export const smallFashion: FashionMnistBytes = {
  trainImages: images(12),
  trainLabels: labels(12),
  testImages: images(4),
  testLabels: labels(4),
};

/** What a loader must find: the small files with their own lengths and sums. */
export const smallFashionTable: FashionMnistFiles = Object.fromEntries(
  (Object.keys(smallFashion) as (keyof FashionMnistFiles)[]).map((key) => [
    key,
    { ...fashionMnistFiles[key], bytes: smallFashion[key].length, md5: md5Of(smallFashion[key]) },
  ]),
) as unknown as FashionMnistFiles;

/** Writes the stand-in under the names of a table, all files with `.gz` or none. */
export async function writeIdxFiles(
  folder: string,
  table: FashionMnistFiles,
  gzipped: boolean,
): Promise<void> {
  for (const key of Object.keys(smallFashion) as (keyof FashionMnistFiles)[]) {
    const path = join(folder, table[key].name);
    await writeFile(gzipped ? `${path}.gz` : path, gzipped ? gzipSync(smallFashion[key]) : smallFashion[key]);
  }
}
