import { crc32 } from "node:zlib";

import { isLtuError, LtuError } from "@ltu/core";
import { openPromise, type Entry } from "yauzl";

import type { FileTree, OpenTree } from "./file-tree.ts";

/**
 * The files of a zip archive, read where they lie and never unpacked to disk. Lengths and CRC-32 of what is read are
 * checked, and an archive with a path that leads outside of it is refused whole.
 */
export async function zipTree(path: string, { where, remedy }: OpenTree): Promise<FileTree> {
  const refuse = (cause: unknown): LtuError => {
    if (isLtuError(cause)) return cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const outside = /^(invalid relative path|absolute path|invalid characters in fileName)/.test(reason);
    const [expected, found] = outside
      ? ["paths inside the archive", `one that leads outside (${reason})`]
      : ["a whole zip archive", `one that is damaged or breaks off (${reason})`];
    return new LtuError("DATA", `${where}: ${path}: expected ${expected}, found ${found}; ${remedy}.`, {
      cause,
    });
  };
  const zip = await openPromise(path, { autoClose: false }).catch((cause: unknown) => {
    throw refuse(cause);
  });
  const entries: Entry[] = [];
  const folders: string[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith("/")) folders.push(entry.fileName.slice(0, -1));
      else entries.push(entry);
    }
  } catch (cause) {
    zip.close();
    throw refuse(cause);
  }
  return {
    path,
    names: entries.map(({ fileName }) => fileName),
    folders,
    read: async (wanted, use) => {
      for (const entry of entries) {
        if (!wanted.has(entry.fileName)) continue;
        let bytes: Uint8Array;
        try {
          const pieces: Uint8Array[] = [];
          for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Uint8Array);
          bytes = Buffer.concat(pieces);
          if (crc32(bytes) !== entry.crc32) throw new Error(`${entry.fileName} has another CRC-32`);
        } catch (cause) {
          throw refuse(cause);
        }
        await use(entry.fileName, bytes);
      }
    },
    close: () => {
      zip.close();
    },
  };
}
