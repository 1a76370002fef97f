import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { plainPng } from "../images/small-pictures.ts";

/** Writes files by their names, with the folders that they need; a name that ends in `/` is an empty folder. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    if (name.endsWith("/")) {
      await mkdir(join(folder, name), { recursive: true });
      continue;
    }
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

/** Two classes, cats dark and dogs bright, each with `count` pictures of a value of their own. */
export function catsAndDogs(count = 5): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    files[`dogs/${i}.png`] = plainPng(200 + i);
    files[`cats/${i}.png`] = plainPng(10 + i, 8);
  }
  return files;
}
