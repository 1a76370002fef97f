import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

import { LtuError } from "@ltu/core";

import { throwIfAborted } from "../abort.ts";

/**
 * Compares length and MD5 of an archive with what its publisher's has.
 *
 * @throws LtuError `DATA`, `ABORTED`.
 */
export async function checkArchive(
  path: string,
  expected: { readonly bytes: number; readonly md5: string },
  {
    where,
    remedy,
    signal,
  }: { readonly where: string; readonly remedy: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const refuse = (wanted: string, found: string): LtuError =>
    new LtuError("DATA", `${where}: ${path}: expected ${wanted}, found ${found}; ${remedy}.`);
  const { size } = await stat(path);
  if (size !== expected.bytes) throw refuse(`${expected.bytes} bytes`, `${size}`);
  const hash = createHash("md5");
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    throwIfAborted(where, signal);
    hash.update(piece as Uint8Array);
  }
  const md5 = hash.digest("hex");
  if (md5 !== expected.md5) throw refuse(`MD5 ${expected.md5}`, md5);
}
