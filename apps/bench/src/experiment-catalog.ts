import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { LtuError } from "@ltu/core";

import { parseExperiment, type Experiment } from "./config.ts";
import { parseMechanismsConfig, type MechanismsConfig } from "./mechanisms/mechanisms-config.ts";
import { didYouMean } from "./nearest-name.ts";
import { parseSearchConfig, type SearchConfig } from "./search/search-config.ts";
import { applyOverrides, readJson } from "./strict-json.ts";
import { parseStudyConfig, type StudyConfig } from "./study/study-config.ts";

const folder = fileURLToPath(new URL("../experiments", import.meta.url));

/** Names of the experiments, studies and searches that come with the repository. */
export function experimentNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .sort();
}

/** What a file under `experiments/` describes, and its folder: what it names by path is relative to that. */
export type FoundExperiment = { readonly folder: string } & (
  | { readonly kind: "experiment"; readonly experiment: Experiment }
  | { readonly kind: "study"; readonly study: StudyConfig }
  | { readonly kind: "search"; readonly search: SearchConfig }
  | { readonly kind: "mechanisms"; readonly mechanisms: MechanismsConfig }
);

/**
 * What a user named: an experiment, study or search of the repository, or a JSON file, with overrides applied.
 *
 * @param nameOrFile - A name, or a path (it has a slash or ends in .json) relative to `callerFolder`.
 * @throws LtuError `OPTION` for an unknown name, an unreadable file, and every mistake in it.
 */
export async function findExperiment(
  nameOrFile: string,
  { callerFolder, overrides = [] }: { readonly callerFolder: string; readonly overrides?: readonly string[] },
): Promise<FoundExperiment> {
  const isFile = nameOrFile.endsWith(".json") || nameOrFile.includes("/");
  const path = isFile ? resolve(callerFolder, nameOrFile) : catalogPath(nameOrFile, "--experiment");
  const json = applyOverrides(await readJson(path), overrides);
  const source = basename(path);
  const found = { folder: dirname(path) };
  const kind = (json as { kind?: unknown } | null)?.kind ?? "experiment";
  if (kind === "study") return { ...found, kind, study: parseStudyConfig(json, source) };
  if (kind === "search") return { ...found, kind, search: parseSearchConfig(json, source) };
  if (kind === "mechanisms") return { ...found, kind, mechanisms: parseMechanismsConfig(json, source) };
  if (kind === "experiment") return { ...found, kind, experiment: parseExperiment(json, source) };
  throw new LtuError(
    "OPTION",
    `experiment ${source}: kind must be "study", "search" or "mechanisms", or absent for an experiment, found ${JSON.stringify(kind)}; correct it.`,
  );
}

/** The JSON of the experiment that a study or search builds on: given as it is, or by the name of one of the repository's. */
export async function baseExperiment(
  base: string | Record<string, unknown>,
  study: string,
): Promise<unknown> {
  if (typeof base !== "string") return base;
  const json = await readJson(catalogPath(base, `study ${study}: experiment`));
  const kind = (json as { kind?: unknown }).kind;
  if (kind === undefined) return json;
  throw new LtuError(
    "OPTION",
    `study ${study}: experiment must name a plain experiment, found "${base}", whose kind is ${JSON.stringify(kind)}; name its base.`,
  );
}

function catalogPath(name: string, where: string): string {
  const path = join(folder, `${name}.json`);
  if (existsSync(path)) return path;
  const names = experimentNames();
  throw new LtuError(
    "OPTION",
    `${where}: expected one of ${names.join(", ")} or a JSON file, found "${name}"; ${didYouMean(name, names)}`,
  );
}
