import { createHash } from "node:crypto";

import type { OnProgress } from "@ltu/core";

import { throwIfAborted } from "../abort.ts";
import type { FileTree } from "./file-tree.ts";

/** Raised whenever the same files give other pixels than before. */
const decoderVersion = 2;

/** What decides decoded pixels beside the files. */
export interface DecodedForm {
  readonly imageShape: readonly [number, number, number];
  readonly fit: "crop" | "stretch" | "exact";
}

/** Options of {@link filesDigest}. */
export interface FilesDigestOptions {
  /** What stands for each file's name in the sum. Default: its name. */
  readonly named?: readonly string[];
  readonly where: string;
  readonly task: string;
  /** Told about a hundred times: files read of all. */
  readonly onProgress: OnProgress | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * SHA-256 over the names and bytes of files: one line for each, in the order given, of its name, a zero byte and the SHA-256
 * of its bytes.
 */
export async function filesDigest(
  tree: FileTree,
  files: readonly string[],
  { named = files, where, task, onProgress, signal }: FilesDigestOptions,
): Promise<string> {
  const sums = new Map<string, string>();
  const every = Math.max(1, Math.round(files.length / 100));
  await tree.read(new Set(files), (name, bytes) => {
    throwIfAborted(where, signal);
    sums.set(name, createHash("sha256").update(bytes).digest("hex"));
    if (sums.size % every === 0 || sums.size === files.length) {
      onProgress?.({ task, step: sums.size, steps: files.length });
    }
  });
  const hash = createHash("sha256");
  files.forEach((name, i) => {
    hash.update(`${named[i] ?? ""}\0${sums.get(name) ?? ""}\n`);
  });
  return hash.digest("hex");
}

/** The key of decoded pictures: everything that decides their pixels, as 64 hexadecimal digits. */
export function decodedKey(
  content: string,
  files: readonly string[],
  { imageShape, fit }: DecodedForm,
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ decoderVersion, imageShape, fit, content }));
  for (const name of files) hash.update(`\n${name}`);
  return hash.digest("hex");
}
