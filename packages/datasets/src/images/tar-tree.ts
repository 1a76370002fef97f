import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

import { isLtuError, LtuError } from "@ltu/core";
import { extract } from "tar-stream";

import { insidePath } from "./inside-path.ts";
import type { FileTree, OpenTree } from "./file-tree.ts";

/**
 * The files of a gzipped tar archive, which has no list of contents: it is unpacked once for the names and once for each
 * `read`, as a stream and never to disk. An archive with a path that leads outside of it is refused whole.
 */
export async function tarTree(path: string, { where, remedy }: OpenTree): Promise<FileTree> {
  const walk = async (
    use: (name: string, pieces: AsyncIterable<Uint8Array>, type: string) => Promise<boolean>,
  ): Promise<void> => {
    const entries = extract();
    const source = createReadStream(path, { highWaterMark: 1 << 18 });
    // An error of any of the three reaches the loop over the entries.
    pipeline(source, createGunzip({ chunkSize: 1 << 18 }), entries, () => undefined);
    try {
      for await (const entry of entries) {
        const { name, type } = entry.header;
        if (!insidePath(name)) {
          throw new LtuError(
            "DATA",
            `${where}: ${path}: expected paths inside the archive, found one that leads outside (${name}); ${remedy}.`,
          );
        }
        // An entry is a stream of bytes; its types do not say so.
        const used = await use(name, entry as AsyncIterable<Uint8Array>, type ?? "file");
        if (!used) entry.resume();
      }
    } catch (cause) {
      if (isLtuError(cause)) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new LtuError(
        "DATA",
        `${where}: ${path}: expected a whole gzipped tar archive, found one that breaks off or is damaged (${reason}); ${remedy}.`,
        { cause },
      );
    } finally {
      source.destroy();
    }
  };
  const names: string[] = [];
  const folders: string[] = [];
  await walk((name, _, type) => {
    if (type === "file") names.push(name);
    else if (type === "directory") folders.push(name.replace(/\/$/, ""));
    return Promise.resolve(false);
  });
  return {
    path,
    names,
    folders,
    read: (wanted, use) =>
      walk(async (name, pieces, type) => {
        if (type !== "file" || !wanted.has(name)) return false;
        const parts: Uint8Array[] = [];
        for await (const piece of pieces) parts.push(piece);
        await use(name, Buffer.concat(parts));
        return true;
      }),
    close: () => undefined,
  };
}
