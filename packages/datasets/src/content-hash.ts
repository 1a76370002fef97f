import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Dataset } from "@ltu/core";

import type { DatasetParts } from "./dataset-parts.ts";

/** A SHA-256 in the making: Node's `createHash("sha256")` is one, and so is the portable one used by default. */
export interface Sha256 {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** Options of {@link contentHash}. */
export interface ContentHashOptions {
  /** Makes the hash. Default: a portable one in JavaScript; Node's own is several times faster. */
  readonly createSha256?: () => Sha256;
}

/**
 * What a data set holds, as one short text: SHA-256 over the image shape, the number of classes, the parts, the
 * labels and the pixels. It does not depend on names, or on the form of the files the images came from.
 *
 * @returns 64 hexadecimal digits.
 */
export function contentHash(
  dataset: Dataset,
  parts: DatasetParts,
  { createSha256 = () => sha256.create() }: ContentHashOptions = {},
): string {
  const hash = createSha256();
  const { imageShape, classNames, labels, pixels } = dataset;
  const sizes = [parts.train, parts.val, parts.test].map((part) => part?.length ?? 0);
  hash.update(utf8ToBytes(JSON.stringify({ imageShape, classes: classNames.length, sizes })));
  for (const part of [parts.train, parts.val, parts.test, labels]) {
    if (part !== undefined) hash.update(littleEndianBytes(part));
  }
  hash.update(pixels);
  return bytesToHex(new Uint8Array(hash.digest()));
}

/** The four bytes of each number, lowest first, on every machine. */
function littleEndianBytes(values: Int32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setInt32(i * 4, value, true));
  return bytes;
}
