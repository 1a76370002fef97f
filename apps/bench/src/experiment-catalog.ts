import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { LtuError } from "@ltu/core";

import { applyOverrides, parseExperiment, readExperiment, type Experiment } from "./config.ts";
import { didYouMean } from "./nearest-name.ts";

const folder = fileURLToPath(new URL("../experiments", import.meta.url));

/** Names of the experiments that come with the repository. */
export function experimentNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .sort();
}

/** An experiment, and the folder of its file: what it names by path is relative to that. */
export interface FoundExperiment {
  readonly experiment: Experiment;
  readonly folder: string;
}

/**
 * The experiment a user named: one of the repository's, or a JSON file, with overrides applied.
 *
 * @param nameOrFile - A name, or a path (it has a slash or ends in .json) relative to `callerFolder`.
 * @throws LtuError `OPTION` for an unknown name, an unreadable file, and every mistake in it.
 */
export async function findExperiment(
  nameOrFile: string,
  { callerFolder, overrides = [] }: { readonly callerFolder: string; readonly overrides?: readonly string[] },
): Promise<FoundExperiment> {
  const isFile = nameOrFile.endsWith(".json") || nameOrFile.includes("/");
  const path = isFile ? resolve(callerFolder, nameOrFile) : join(folder, `${nameOrFile}.json`);
  if (!isFile && !existsSync(path)) {
    const names = experimentNames();
    throw new LtuError(
      "OPTION",
      `--experiment: expected one of ${names.join(", ")} or a JSON file, found "${nameOrFile}"; ${didYouMean(nameOrFile, names)}`,
    );
  }
  const json = await readExperiment(path);
  const experiment = parseExperiment(applyOverrides(json, overrides), basename(path));
  return { experiment, folder: dirname(path) };
}
