import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { LtuError } from "@ltu/core";
import { parseStudy, studyDrift, type Study, type StudyDrift } from "@ltu/report";

import type { RunOptions } from "../run-session.ts";
import { applyOverrides } from "../strict-json.ts";
import { runStudy } from "./run-study.ts";
import { parseStudyConfig } from "./study-config.ts";

const results = fileURLToPath(new URL("../../../../docs/results/", import.meta.url));
const experiments = fileURLToPath(new URL("../../experiments/", import.meta.url));

/** Options of the command as typed. */
export interface ReproduceOptions extends Omit<RunOptions, "experiment" | "seed"> {
  readonly seeds?: readonly number[];
}

/**
 * `reproduce`: runs a stored table again, from its own file of options, and says which numbers left their intervals. No
 * reading that was kept before is used.
 */
export async function reproduceCommand(nameOrFile: string, options: ReproduceOptions): Promise<void> {
  const path = storedPath(nameOrFile);
  const stored = await readStudy(path);
  const config = parseStudyConfig(
    applyOverrides(
      { ...(stored.config as Record<string, unknown>), ...(options.seeds && { seeds: options.seeds }) },
      options.set ?? [],
    ),
    path,
  );
  // Modules of one's own are looked for where those of the repository's experiments are, unless the study lies elsewhere.
  const folder = path.startsWith(results) ? experiments : dirname(path);
  const out = options.out ?? resolve(callersFolder(), "runs", `${config.name}-again`);
  await runStudy(config, { ...options, experiment: path, out, folder });
  const again = await readStudy(join(out, "study.json"));
  const drift = studyDrift(stored, again);
  if (drift.length === 0) {
    throw new LtuError(
      "OPTION",
      `reproduce: expected numbers of two seeds or more that both runs have, found none in ${path}; keep its rows, and store it with more seeds.`,
    );
  }
  const left = drift.filter(({ hasLeft }) => hasLeft);
  console.log(
    `reproduced ${drift.length - left.length} of ${drift.length} numbers of ${stored.name} at seeds ${again.seeds.join(", ")}`,
  );
  for (const each of left) console.error(sentence(each, stored));
  if (left.length > 0) process.exitCode = 1;
}

function sentence({ row, value, metric, stored, low, high, found }: StudyDrift, { axis }: Study): string {
  const at = axis === undefined ? "" : ` at ${axis.key} ${String(value)}`;
  const was = `${stored.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
  return `reproduce: expected ${metric} of ${row}${at} to be ${was}, found ${found?.toFixed(2) ?? "no number"}; find what changed it, or store the table anew.`;
}

const callersFolder = (): string => process.env["INIT_CWD"] ?? process.cwd();

function storedPath(nameOrFile: string): string {
  const isFile = nameOrFile.endsWith(".json") || nameOrFile.includes("/");
  const path = isFile ? resolve(callersFolder(), nameOrFile) : join(results, `${nameOrFile}.json`);
  if (existsSync(path)) return path;
  throw new LtuError(
    "OPTION",
    `reproduce: expected a stored study, found no file ${path}; name one of docs/results, or a study.json.`,
  );
}

async function readStudy(path: string): Promise<Study> {
  try {
    return parseStudy(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new LtuError(
      "DATA",
      `reproduce: ${path} is not a study this version reads (${(cause as Error).message}); run the study again.`,
      { cause },
    );
  }
}
