import { createHash, randomUUID, type Hash } from "node:crypto";
import { mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

import { isLtuError } from "@ltu/core";

import { throwIfAborted } from "../abort.ts";

const magic = "LTU decoded images 2\n";
/** Bytes read or written at a time; a single call may not move more than 2 GiB. */
const piece = 1 << 26;

/** Decoded pictures of one key, as the cache holds them. */
export interface DecodedImages {
  /** The pictures that decoded, one after the other. */
  readonly pixels: Uint8Array;
  /** Positions and reasons of those that did not. */
  readonly broken: readonly { readonly position: number; readonly reason: string }[];
}

/** Where the decoded pictures of a key are kept beside their data. */
export function cachePath(folder: string, key: string): string {
  return join(folder, ".ltu-cache", `${key.slice(0, 32)}.pixels`);
}

interface Header {
  readonly key: string;
  readonly bytes: number;
  /** Over the list of broken pictures and the pixels: one that is damaged would shift the labels of all behind it. */
  readonly sha256: string;
  readonly broken: DecodedImages["broken"];
}

/**
 * Reads decoded pictures straight into `pixels`. The file: one line that names the form, one line of JSON (key, bytes,
 * SHA-256, broken pictures), then the pixels.
 *
 * @returns `undefined` for a file that is not there, is damaged, or has another key: decode the pictures again.
 */
export async function readDecoded(
  path: string,
  { key, pixels }: { readonly key: string; readonly pixels: Uint8Array },
): Promise<DecodedImages | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { header, at } = await readHeader(file);
    if (header.key !== key || header.bytes > pixels.length) return undefined;
    const wanted = pixels.subarray(0, header.bytes);
    const hash = sumOf(header.broken);
    for (let done = 0; done < wanted.length;) {
      const { bytesRead } = await file.read(wanted, done, Math.min(piece, wanted.length - done), at + done);
      if (bytesRead === 0) return undefined;
      hash.update(wanted.subarray(done, done + bytesRead));
      done += bytesRead;
    }
    if (hash.digest("hex") !== header.sha256) return undefined;
    return { pixels: wanted, broken: header.broken };
  } catch {
    // Whatever is wrong with a cache, decoding again is the answer.
    return undefined;
  } finally {
    await file?.close();
  }
}

/** A SHA-256 that has seen the broken pictures, and goes on with the pixels. */
function sumOf(broken: DecodedImages["broken"]): Hash {
  return createHash("sha256").update(`${JSON.stringify(broken)}\n`);
}

async function readHeader(file: FileHandle): Promise<{ header: Header; at: number }> {
  for (let length = 1 << 12; ; length *= 16) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    const text = buffer.subarray(0, bytesRead);
    if (!text.subarray(0, magic.length).equals(Buffer.from(magic))) throw new Error("of another form");
    const end = text.indexOf("\n", magic.length);
    if (end >= 0) {
      return { header: JSON.parse(text.toString("utf8", magic.length, end)) as Header, at: end + 1 };
    }
    if (bytesRead < length) throw new Error("breaks off");
  }
}

/**
 * Keeps decoded pictures: written under another name first and renamed when whole. A place that cannot be written is
 * left as it is, without an error: the cache only saves time.
 *
 * @throws LtuError `ABORTED`.
 */
export async function writeDecoded(
  path: string,
  { key, pixels, broken }: DecodedImages & { readonly key: string },
  { where, signal }: { readonly where: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  const pieces = Array.from({ length: Math.ceil(pixels.length / piece) }, (_, i) =>
    pixels.subarray(i * piece, (i + 1) * piece),
  );
  const hash = sumOf(broken);
  for (const bytes of pieces) hash.update(bytes);
  const header: Header = { key, bytes: pixels.length, sha256: hash.digest("hex"), broken };
  try {
    // Root may write everywhere; a folder that nobody is meant to write to stays as it is for root as well.
    const { mode } = await stat(dirname(dirname(path)));
    if ((mode & 0o222) === 0) return;
    await mkdir(dirname(path), { recursive: true });
    const file = await open(part, "wx");
    try {
      for (const bytes of [Buffer.from(`${magic}${JSON.stringify(header)}\n`), ...pieces]) {
        throwIfAborted(where, signal);
        await file.writeFile(bytes);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined);
    if (isLtuError(cause)) throw cause;
  }
}
