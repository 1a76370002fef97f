import { createHash } from "node:crypto";

import { throwIfAborted } from "../abort.ts";
import type { FileTree } from "./file-tree.ts";

/** Raised whenever the same files give other pixels than before. */
const decoderVersion = 1;

/** What decides decoded pixels beside the files. */
export interface DecodedForm {
  readonly imageShape: readonly [number, number, number];
  readonly fit: "crop" | "stretch";
}

/** SHA-256 over the names and bytes of files, in the order given: what a set of pictures was made from. */
export async function filesDigest(
  tree: FileTree,
  files: readonly string[],
  { where, signal }: { readonly where: string; readonly signal: AbortSignal | undefined },
): Promise<string> {
  const sums = new Map<string, string>();
  await tree.read(new Set(files), (name, bytes) => {
    throwIfAborted(where, signal);
    sums.set(name, createHash("sha256").update(bytes).digest("hex"));
  });
  const hash = createHash("sha256");
  for (const name of files) hash.update(`${name}\0${sums.get(name) ?? ""}\n`);
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
