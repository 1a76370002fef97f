import { LtuError } from "@ltu/core";

import { findExperiment } from "../experiment-catalog.ts";
import type { RunOptions } from "../run-session.ts";
import { planSearch } from "./plan-search.ts";
import { makeSearch } from "./run-search.ts";
import type { SearchConfig } from "./search-config.ts";

/** Options of the `tune` command as typed. */
export interface TuneOptions extends Omit<RunOptions, "experiment" | "seed"> {
  readonly method: readonly string[];
  readonly configs: number;
  readonly seeds: readonly number[];
}

/**
 * `tune`: a search without a file: the published ranges of one or several methods, as many configurations of each, with
 * the options of the experiment's own rows.
 */
export async function tuneCommand(nameOrFile: string, options: TuneOptions): Promise<void> {
  const callerFolder = process.env["INIT_CWD"] ?? process.cwd();
  const found = await findExperiment(nameOrFile, { callerFolder, overrides: options.set ?? [] });
  if (found.kind !== "experiment") {
    throw new LtuError(
      "OPTION",
      `tune: expected an experiment, found "${nameOrFile}", whose kind is "${found.kind}"; name the experiment it builds on.`,
    );
  }
  const { experiment, folder } = found;
  const { method: methods, configs: count, seeds } = options;
  const config: SearchConfig = {
    schemaVersion: 1,
    kind: "search",
    name: `${experiment.name}-tune`,
    description: `${methods.join(", ")} on ${experiment.name}`,
    experiment: experiment.name,
    overrides: {},
    seeds,
    rows: methods.map((method) => ({
      label: method,
      method,
      options: experiment.methods.find(({ name }) => name === method)?.options ?? {},
      count,
    })),
  };
  const planned = await planSearch(experiment, { rows: config.rows, seeds, folder, where: "tune" });
  await makeSearch(config, { ...options, experiment: nameOrFile, folder, base: experiment, planned });
}
