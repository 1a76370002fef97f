import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

import { isLtuError, LtuError } from "@ltu/core";
import { extract } from "tar-stream";

import { insidePath } from "./images/inside-path.ts";

/** What is wanted of an archive, by file names. */
export interface ArchiveReader {
  /** Who asks, for messages. */
  readonly where: string;
  /** What to do about a damaged or incomplete archive. */
  readonly remedy: string;
  /** Files that must be in it, each once. */
  readonly required: readonly string[];
  /** Files whose text is taken along where they are there. */
  readonly texts: readonly string[];
  /** Reads a required file to its end; `label` names it in messages. */
  readonly read: (name: string, label: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>;
}

/**
 * Streams a gzipped tar archive: its files are read in the order in which it holds them, by their names without folders,
 * and nothing of it is kept.
 *
 * @returns The texts asked for, by name.
 * @throws LtuError `DATA` for an archive that breaks off, is damaged, lacks a required file, or holds a path that leads outside.
 */
export async function readArchive(
  path: string,
  { where, remedy, required, texts, read }: ArchiveReader,
): Promise<ReadonlyMap<string, string>> {
  const entries = extract();
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  // An error of any of the three reaches the loop over the entries.
  pipeline(source, createGunzip({ chunkSize: 1 << 18 }), entries, () => undefined);
  const left = new Set(required);
  const found = new Map<string, string>();
  try {
    for await (const entry of entries) {
      // An entry is a stream of bytes; its types do not say so.
      const pieces = entry as AsyncIterable<Uint8Array>;
      const name = basename(entry.header.name);
      if (!insidePath(entry.header.name)) {
        throw new LtuError(
          "DATA",
          `${where}: ${path}: expected paths inside the archive, found one that leads outside (${entry.header.name}); ${remedy}.`,
        );
      }
      if (left.delete(name)) await read(name, `${path}: ${name}`, pieces);
      else if (texts.includes(name)) found.set(name, await textOf(pieces));
      else entry.resume();
    }
  } catch (cause) {
    if (isLtuError(cause)) throw cause;
    throw new LtuError(
      "DATA",
      `${where}: ${path}: expected a whole gzipped tar archive, found one that breaks off or is damaged (${cause instanceof Error ? cause.message : String(cause)}); ${remedy}.`,
      { cause },
    );
  } finally {
    source.destroy();
  }
  if (left.size === 0) return found;
  throw new LtuError(
    "DATA",
    `${where}: ${path}: expected ${required.join(", ")} in it, found none of ${[...left].join(", ")}; ${remedy}.`,
  );
}

/** The bytes of a stream as text. */
export async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts).toString("utf8");
}
