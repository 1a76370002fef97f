import { LtuError } from "@ltu/core";

import type { ContentHashOptions } from "./content-hash.ts";
import { createLoadedData, type LoadedData } from "./loaded-data.ts";
import { normalization } from "./normalization.ts";

/** One file of CIFAR-10's binary version as it must be once unpacked. */
export interface Cifar10File {
  readonly name: string;
  readonly part: "train" | "test";
  /** Images in the file. */
  readonly records: number;
  /** MD5 of the unpacked file. */
  readonly md5: string;
}

/** The six files of the official archive, in the order of the data set: training batches 1 to 5, then test. */
export const cifar10Files: readonly Cifar10File[] = [
  { name: "data_batch_1.bin", part: "train", records: 10_000, md5: "5dd7e06a14cb22eb9f671a540d1b7c25" },
  { name: "data_batch_2.bin", part: "train", records: 10_000, md5: "5ea93a67294ea407fff1d09f752e9692" },
  { name: "data_batch_3.bin", part: "train", records: 10_000, md5: "942cd6a4bcdd0dd3c604fbe906cb4421" },
  { name: "data_batch_4.bin", part: "train", records: 10_000, md5: "ae636b3ba5c66a11e91e8cb52e771fcb" },
  { name: "data_batch_5.bin", part: "train", records: 10_000, md5: "53f37980c15c3d472c316c40844f3f0d" },
  { name: "test_batch.bin", part: "test", records: 10_000, md5: "803d5f7f4d78ea53de84dbe85f74fb6d" },
];

/** The class names of CIFAR-10 in the order of its labels. */
export const cifar10ClassNames: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/** Bytes of one record: the label, then 1,024 red, 1,024 green and 1,024 blue pixels. */
export const cifar10RecordBytes: number = 1 + 3 * 1024;

/** Receives the bytes of one file in pieces of any length; see {@link cifar10Decoder}. */
export type Cifar10Decoder = (piece: Uint8Array) => void;

/**
 * Turns records into columns as their bytes arrive, so that no second copy of a file is ever in memory: labels go
 * to `labels`, and the three colour planes of an image to `pixels`, channels last.
 *
 * @param target - Columns of the whole data set, written in place.
 * @param range - The first image to write and how many; bytes after the last are ignored.
 */
export function cifar10Decoder(
  target: { readonly pixels: Uint8Array; readonly labels: Int32Array },
  { first, records }: { first: number; records: number },
): Cifar10Decoder {
  const { pixels, labels } = target;
  const unfinished = new Uint8Array(cifar10RecordBytes);
  let held = 0;
  let done = 0;
  const decode = (bytes: Uint8Array, offset: number): void => {
    const image = first + done++;
    labels[image] = bytes[offset] as number;
    let out = image * 3072;
    for (let red = offset + 1; red < offset + 1025; red++) {
      pixels[out++] = bytes[red] as number;
      pixels[out++] = bytes[red + 1024] as number;
      pixels[out++] = bytes[red + 2048] as number;
    }
  };
  return (piece) => {
    let at = 0;
    while (at < piece.length && done < records) {
      if (held === 0 && piece.length - at >= cifar10RecordBytes) {
        decode(piece, at);
        at += cifar10RecordBytes;
        continue;
      }
      const taken = Math.min(cifar10RecordBytes - held, piece.length - at);
      unfinished.set(piece.subarray(at, at + taken), held);
      held += taken;
      at += taken;
      if (held === cifar10RecordBytes) {
        decode(unfinished, 0);
        held = 0;
      }
    }
  };
}

/** What {@link parseCifar10Records} reads: the unpacked bytes of `.bin` files. */
export interface Cifar10Records {
  readonly train: readonly Uint8Array[];
  readonly test: readonly Uint8Array[];
  /** Default: the ten official names. */
  readonly classNames?: readonly string[];
}

/**
 * CIFAR-10 from the unpacked bytes of its `.bin` files, such as a browser fetched them. Their checksums are the
 * caller's to check ({@link cifar10Files}); in Node, `loadCifar10` of `@ltu/datasets/node` does it all.
 *
 * @returns Training images in the order given, then test images.
 * @throws LtuError `DATA` when a file is not a whole number of records, or a label is not in 0 to 9.
 *
 * Source: Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
 */
export function parseCifar10Records({
  train,
  test,
  classNames = cifar10ClassNames,
}: Cifar10Records): LoadedData {
  const files = [...train, ...test];
  files.forEach((bytes, i) => {
    if (bytes.length % cifar10RecordBytes === 0) return;
    throw new LtuError(
      "DATA",
      `parseCifar10Records: expected a multiple of ${cifar10RecordBytes} bytes in file ${i + 1} of ${files.length}, found ${bytes.length}; unpack the .bin files and give them whole.`,
    );
  });
  const recordsOf = (list: readonly Uint8Array[]): number =>
    list.reduce((total, bytes) => total + bytes.length / cifar10RecordBytes, 0);
  const columns = cifar10Columns(recordsOf(files));
  let first = 0;
  for (const bytes of files) {
    const records = bytes.length / cifar10RecordBytes;
    cifar10Decoder(columns, { first, records })(bytes);
    first += records;
  }
  return cifar10FromColumns(columns, { train: recordsOf(train), test: recordsOf(test) }, classNames);
}

/** Empty columns for so many images. */
export function cifar10Columns(size: number): { pixels: Uint8Array; labels: Int32Array } {
  return { pixels: new Uint8Array(size * 3072), labels: new Int32Array(size) };
}

/** The data set of filled columns. */
export function cifar10FromColumns(
  columns: { readonly pixels: Uint8Array; readonly labels: Int32Array },
  sizes: { readonly train: number; readonly test: number },
  classNames: readonly string[],
  options?: ContentHashOptions,
): LoadedData {
  return createLoadedData(
    {
      name: "cifar10",
      imageShape: [32, 32, 3],
      classNames,
      ...columns,
      sizes,
      normalization: normalization.cifar10,
      augmentation: "crop-flip",
    },
    options,
  );
}
