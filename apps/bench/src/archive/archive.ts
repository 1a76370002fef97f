import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { LtuError } from "@ltu/core";
import { canonicalJson, makeFolder, writeFileAtomic, type Json } from "@ltu/runner";
import type { z } from "zod";

/** What a kept reading is of: setting, engine, seed, method and its options; no name, no path, no machine. */
export type ArchivePlace = { readonly [name: string]: Json };

/** One finished reading, as one line of a file. */
export interface ArchiveLine {
  readonly of: ArchivePlace;
}

/** Finished readings as text that a repository can hold: a file a row, a line a reading. */
export interface Archive<Line extends ArchiveLine> {
  find(place: ArchivePlace): Line | undefined;
  /** Writes the line into the file of a row, at once and whole, unless there is one of the same place. */
  keep(row: string, line: Line): Promise<void>;
}

/**
 * Opens a folder of readings. Lines are found by what they are of, in whichever file they stand, so that files of two
 * machines may be put together, rows renamed and lines removed; of two lines of one place the first counts.
 *
 * @param folder - Made with the first line that is kept; without a folder readings are kept in memory.
 * @throws LtuError `DATA` for a folder that is none, and for a line that is none.
 */
export async function openArchive<Line extends ArchiveLine>(
  folder: string | undefined,
  schema: z.ZodType<Line>,
): Promise<Archive<Line>> {
  const lines = new Map<string, Line>();
  const add = (line: Line): void => {
    const key = canonicalJson(line.of);
    if (!lines.has(key)) lines.set(key, line);
  };
  for (const file of folder === undefined ? [] : await filesOf(folder)) {
    const path = join(folder as string, file);
    linesOf(await readFile(path, "utf8")).forEach((text, i) => add(parseLine(text, { schema, path, i })));
  }
  return {
    find: (place) => lines.get(canonicalJson(place)),
    keep: async (row, line) => {
      if (lines.has(canonicalJson(line.of))) return;
      add(line);
      if (folder === undefined) return;
      await makeFolder(folder);
      const path = join(folder, fileOf(row));
      // Read again, so that what another process has added meanwhile stays.
      const before = linesOf(await readFile(path, "utf8").catch(whenAbsent("")));
      const text = [...before, JSON.stringify(line), ""].join("\n");
      await writeFileAtomic(path, new TextEncoder().encode(text));
    },
  };
}

const suffix = ".jsonl";

/** `"finetune (30 %)"` is kept in `finetune-30.jsonl`. */
function fileOf(row: string): string {
  const plain = row
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `${plain === "" ? "row" : plain}${suffix}`;
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new LtuError(
      "DATA",
      `trials: expected a folder of finished readings, or none yet, at ${folder}, found what cannot be read as one (${error.code}); name another folder.`,
      { cause: error },
    );
  });
  return names.filter((name) => name.endsWith(suffix)).sort();
}

function whenAbsent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value;
    throw error;
  };
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");

function parseLine<Line extends ArchiveLine>(
  text: string,
  { schema, path, i }: { readonly schema: z.ZodType<Line>; readonly path: string; readonly i: number },
): Line {
  let mistake: string;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    mistake = `${issue?.path.join(".") || "the line"}: ${issue?.message ?? "unknown mistake"}`;
  } catch (error) {
    mistake = (error as Error).message;
  }
  throw new LtuError(
    "DATA",
    `trials: expected one finished reading as JSON in line ${i + 1} of ${path}, found another (${mistake}); remove the line, and it is made again.`,
  );
}
