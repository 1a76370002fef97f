import { readFile } from "node:fs/promises";

import { LtuError } from "@ltu/core";

/** A tensor in a golden file: nested row-major lists beside their shape (`null` marks a ragged array). */
export interface GoldenTensor {
  readonly shape: readonly number[] | null;
  readonly data: unknown;
}

/** One case of a golden file. */
export interface GoldenCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tolerance: Readonly<Record<string, unknown>> & {
    readonly abs: number | null;
    readonly rel: number;
  };
}

/** One topic's file, schema version 1. */
export interface GoldenFile {
  readonly topic: string;
  readonly schemaVersion: number;
  readonly set: string;
  readonly fixtures?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly cases: readonly GoldenCase[];
}

/** A topic's runner: the differences it found in one case, none when the case passes. */
export interface GoldenTopic {
  readonly topic: string;
  /** False for cases of the file that belong to a capability this runner does not cover; they are not counted. */
  covers?(golden: GoldenCase): boolean;
  run(golden: GoldenCase, file: GoldenFile): Promise<readonly string[]>;
}

/**
 * Reads and checks the frame of a golden file.
 *
 * @throws LtuError `DATA` for what cannot be read, or is no file of that schema.
 */
export async function readGoldenFile(path: string): Promise<GoldenFile> {
  let file: Partial<GoldenFile> | null;
  try {
    file = JSON.parse(await readFile(path, "utf8")) as Partial<GoldenFile> | null;
  } catch (cause) {
    throw new LtuError("DATA", `golden: ${path} cannot be read (${(cause as Error).message}); take another file.`, {
      cause,
    });
  }
  const isCase = (each: unknown): boolean =>
    typeof each === "object" &&
    each !== null &&
    ["inputs", "params", "expected", "tolerance"].every((key) => key in each);
  if (file?.schemaVersion !== 1 || !Array.isArray(file.cases) || !file.cases.every(isCase)) {
    throw new LtuError(
      "DATA",
      `golden: ${path} must have schemaVersion 1 and a list of cases with inputs, params, expected and tolerance, found another form; take a file of that schema.`,
    );
  }
  return file as GoldenFile;
}
