import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

import { zipSync } from "fflate";
import { encode } from "jpeg-js";
import { pack } from "tar-stream";

import type { TinyImagenetVariant } from "../../src/node.ts";
import { md5Of } from "../small-cifar10.ts";

/** A JPEG of 64x64 pixels with one channel, all of them 100. */
export const grayJpeg: Uint8Array = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMDAwMDAwQEBAQFBQUFBQcHBgYHBwsICQgJCAsRCwwLCwwLEQ8SDw4PEg8bFRMTFRsfGhkaHyYiIiYwLTA+PlT/wAALCABAAEABAREA/8QAJwABAQAAAAAAAAAAAAAAAAAAAAcQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AmgAAAAAAAAAAAAAAAAAAAAD/2Q==",
  "base64",
);

/** A JPEG of 64x64 pixels of one gray value. */
export function plainJpeg(value: number, side = 64): Uint8Array {
  return encode({ width: side, height: side, data: new Uint8Array(side * side * 4).fill(value) }, 90).data;
}

const wnids = ["n02000002", "n01000001"];
const text = (lines: readonly string[]): Uint8Array => Buffer.from(`${lines.join("\n")}\n`);

/** The official layout in small: two classes, three training and four validation images of each, and unlabelled test images. */
export function smallTinyImagenet(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  files.set("wnids.txt", text(wnids));
  files.set("words.txt", text(["n00000000\tentity", "n01000001\tcrane, wader", "n02000002\tcrane, lift"]));
  wnids.forEach((wnid, k) => {
    files.set(`train/${wnid}/${wnid}_boxes.txt`, text([`${wnid}_0.JPEG\t0\t0\t63\t63`]));
    for (let i = 0; i < 3; i++) {
      files.set(`train/${wnid}/images/${wnid}_${i}.JPEG`, plainJpeg(10 + 100 * k + 10 * i));
    }
  });
  files.set("train/n01000001/images/n01000001_1.JPEG", grayJpeg);
  const annotations = [];
  for (let i = 0; i < 8; i++) {
    // Numbers up to 10, so that sorting by text would differ from sorting by number.
    const name = `val_${i + 3}.JPEG`;
    annotations.push(`${name}\t${wnids[i % 2] ?? ""}\t0\t0\t63\t63`);
    files.set(`val/images/${name}`, plainJpeg(150 + 10 * i));
  }
  files.set("val/val_annotations.txt", text(annotations.toReversed()));
  files.set("test/images/test_0.JPEG", plainJpeg(1));
  return files;
}

/** The zip of some files below `tiny-imagenet-200/`, as the official one is laid out. */
export function zipOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const named = [...files].map(([name, bytes]) => [`tiny-imagenet-200/${name}`, bytes] as const);
  return zipSync({ "tiny-imagenet-200/": new Uint8Array(0), ...Object.fromEntries(named) });
}

/** The same as a gzipped tar archive. */
export async function writeTar(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const archive = pack();
  for (const [name, bytes] of files) {
    archive.entry({ name: `tiny-imagenet-200/${name}` }, Buffer.from(bytes));
  }
  archive.finalize();
  await pipeline(archive as unknown as NodeJS.ReadableStream, createGzip(), createWriteStream(path));
}

/** What a loader must find in small, with the sums of these archives. */
export function variantOf(archives: Readonly<Record<string, Uint8Array>> = {}): TinyImagenetVariant {
  return {
    name: "tiny-imagenet-200",
    classes: 2,
    trainPerClass: 3,
    valPerClass: 4,
    archives: Object.entries(archives).map(([name, bytes]) => ({
      name,
      bytes: bytes.length,
      md5: md5Of(bytes),
    })),
  };
}

/** Writes a zip to its official name and gives the variant that expects it. */
export async function writeZip(path: string, bytes: Uint8Array): Promise<TinyImagenetVariant> {
  await writeFile(path, bytes);
  return variantOf({ "tiny-imagenet-200.zip": bytes });
}
