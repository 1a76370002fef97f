import { copyFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";

import { LtuError } from "@ltu/core";

import { makeFolder, stageFile, syncFolder, temporaryName, type StagedFile } from "./atomic-write.ts";
import { storeError } from "./store-error.ts";

/**
 * Writes several files of one folder: all of them or none. The folder is made when it is missing.
 *
 * All bytes are on disk before the first file is put in its place; if putting one in its place fails, those
 * before it go back to what they were. (Only a machine that stops between two renames can leave a mixture of
 * whole old and whole new files.)
 *
 * @param files - File name to bytes, or to text, which is written as UTF-8. A name is a plain name, no path.
 * @throws LtuError `OPTION` for a name with a path in it, `STORE` when the folder or a file cannot be written.
 *
 * @example
 * ```ts
 * import { mkdtemp, readFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { writeFiles } from "@ltu/runner";
 *
 * const folder = await mkdtemp(join(tmpdir(), "ltu-"));
 * await writeFiles(folder, { "result.json": "{}", "report.html": "<p>" });
 * console.log(await readFile(join(folder, "result.json"), "utf8")); // → {}
 * ```
 */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  const names = Object.keys(files);
  const notPlain = names.find(
    (name) => name === "" || name === "." || name === ".." || basename(name) !== name,
  );
  if (notPlain !== undefined) {
    throw new LtuError(
      "OPTION",
      `writeFiles: expected plain file names, found "${notPlain}"; pass the folder by itself.`,
    );
  }
  await makeFolder(folder);
  const staged: StagedFile[] = [];
  const placed: { readonly target: string; readonly backup: string | undefined }[] = [];
  try {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      staged.push(await stageFile(join(folder, name), bytes));
    }
    for (const { temporary, target } of staged) {
      const backup = await backUp(target);
      placed.push({ target, backup });
      await rename(temporary, target);
    }
    await syncFolder(folder);
  } catch (error) {
    for (const { target, backup } of placed) {
      await (backup === undefined ? rm(target, { force: true }) : rename(backup, target));
    }
    await Promise.all(staged.map(({ temporary }) => rm(temporary, { force: true })));
    throw storeError(`${names.join(" and ")} cannot be written to ${folder}`, error);
  }
  for (const { backup } of placed) if (backup !== undefined) await rm(backup, { force: true });
}

/** A copy of the file that a rename is about to replace; `undefined` when there is none. */
async function backUp(target: string): Promise<string | undefined> {
  const backup = temporaryName(target);
  try {
    await copyFile(target, backup);
    return backup;
  } catch (error) {
    await rm(backup, { force: true });
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
