import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { LtuError } from "@ltu/core";

/** What a module of somebody's own exports. */
export interface OwnModule {
  readonly exported: Readonly<Record<string, unknown>>;
  /** SHA-256 of its text: another text gives another result. */
  readonly sha256: string;
}

/** Whether an entry of a list is the path of a module and not a name: it has a slash or ends in .js, .mjs or .ts. */
export function isModulePath(entry: string): boolean {
  return entry.includes("/") || /\.(js|mjs|ts)$/u.test(entry);
}

/**
 * Loads a module that an experiment names.
 *
 * @param entry - Its path, relative to `folder`.
 * @param options - `where`: the list that names it, for the message.
 * @throws LtuError `OPTION` when it cannot be loaded.
 */
export async function loadModule(
  entry: string,
  { folder, where }: { readonly folder: string; readonly where: string },
): Promise<OwnModule> {
  const path = resolve(folder, entry);
  try {
    const text = await readFile(path);
    const exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    return { exported, sha256: createHash("sha256").update(text).digest("hex") };
  } catch (cause) {
    const [reason = ""] = (cause as Error).message.split("\n");
    throw new LtuError(
      "OPTION",
      `experiment: ${where}: "${entry}" cannot be loaded (${reason}); give the path of a module relative to the experiment file.`,
      { cause },
    );
  }
}
