import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { LtuError } from "@ltu/core";

import type { FileTree, OpenTree } from "./file-tree.ts";

/** Folders within folders; a link that leads back up ends here. */
const maxDepth = 16;

/** The files of a folder and of all folders below it, names sorted by code units; what begins with a dot is left out. */
export async function folderTree(path: string, { where, remedy }: OpenTree): Promise<FileTree> {
  const names: string[] = [];
  const folders: string[] = [];
  const visit = async (below: string, depth: number): Promise<void> => {
    if (depth > maxDepth) {
      throw new LtuError(
        "DATA",
        `${where}: ${join(path, below)}: expected at most ${maxDepth} folders within each other, found more; remove a link that leads back.`,
      );
    }
    const entries = await readdir(join(path, below), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith(".")) continue;
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      const shown = entry.isSymbolicLink() ? await stat(join(path, name)) : entry;
      if (shown.isDirectory()) {
        folders.push(name);
        await visit(name, depth + 1);
      } else if (shown.isFile()) {
        names.push(name);
      } else {
        // Reading a pipe or a device may never end.
        throw new LtuError(
          "DATA",
          `${where}: ${join(path, name)}: expected a file or a folder, found neither; ${remedy}.`,
        );
      }
    }
  };
  const failed = (file: string, cause: unknown): LtuError => {
    if (cause instanceof LtuError) return cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new LtuError(
      "DATA",
      `${where}: ${file}: expected to read it, found that it fails (${reason}); ${remedy}.`,
      { cause },
    );
  };
  await visit("", 0).catch((cause: unknown) => {
    throw failed(path, cause);
  });
  return {
    path,
    names,
    folders,
    read: async (wanted, use) => {
      for (const name of names) {
        if (!wanted.has(name)) continue;
        const bytes = await readFile(join(path, name)).catch((cause: unknown) => {
          throw failed(join(path, name), cause);
        });
        await use(name, bytes);
      }
    },
    close: () => undefined,
  };
}
