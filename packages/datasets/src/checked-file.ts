import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

import { isLtuError, LtuError } from "@ltu/core";

import { throwIfAborted } from "./abort.ts";

/** What is known of a file before it is read. */
export interface ExpectedFile {
  /** Bytes once unpacked. */
  readonly bytes: number;
  /** MD5 once unpacked. */
  readonly md5: string;
}

/** Who reads which file, for messages. */
export interface CheckedRead {
  /** The loader's name. */
  readonly where: string;
  /** The file as the user knows it: a path, or a name in an archive. */
  readonly file: string;
  readonly expected: ExpectedFile;
  /** What to do when the file is bad, as the end of the sentence. */
  readonly remedy: string;
  readonly signal?: AbortSignal | undefined;
}

/** The bytes of a file in pieces, unpacked when its name ends in `.gz`. */
export function readPieces(path: string): AsyncIterable<Uint8Array> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  if (!path.endsWith(".gz")) return source;
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  // An error of either stream reaches whoever iterates over the last one.
  pipeline(source, unpacked, () => undefined);
  return unpacked;
}

/**
 * Hands every piece to `sink`, then compares length and MD5 with what was expected. The sink may see bytes of a
 * bad file before the error, so its result counts only once this returns.
 *
 * @throws LtuError `DATA` for a file that cannot be read, is too short, too long or has another MD5; `ABORTED`.
 */
export async function readChecked(
  pieces: AsyncIterable<Uint8Array>,
  sink: (piece: Uint8Array) => void,
  { where, file, expected, remedy, signal }: CheckedRead,
): Promise<void> {
  const hash = createHash("md5");
  let bytes = 0;
  const refuse = (wanted: string, found: string, cause?: unknown): LtuError =>
    new LtuError("DATA", `${where}: ${file}: expected ${wanted}, found ${found}; ${remedy}.`, { cause });
  try {
    for await (const piece of pieces) {
      throwIfAborted(where, signal);
      hash.update(piece);
      bytes += piece.length;
      sink(piece);
    }
  } catch (cause) {
    if (isLtuError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw refuse(`${expected.bytes} bytes`, `a file that breaks off after ${bytes} (${reason})`, cause);
  }
  if (bytes !== expected.bytes) throw refuse(`${expected.bytes} bytes unpacked`, `${bytes}`);
  const md5 = hash.digest("hex");
  if (md5 !== expected.md5) throw refuse(`MD5 ${expected.md5} of the unpacked file`, md5);
}
