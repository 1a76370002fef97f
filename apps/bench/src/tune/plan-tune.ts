import { configurations, grids, type Configuration, type GridName, type SearchGrid } from "@ltu/baselines";
import { createRng, isLtuError, LtuError } from "@ltu/core";

import { composeMethods, type MethodPlan } from "../compose-methods.ts";
import { checkModelName } from "../compose-model.ts";
import type { Experiment } from "../config.ts";
import { dataName } from "../load-data.ts";
import { didYouMean } from "../nearest-name.ts";
import { ltuGrid } from "./ltu-grid.ts";

/** The same list of configurations for everybody who asks for as many. */
const configurationSeed = 0;

/** What the search of one method tries. */
export interface MethodSearch {
  /** The row's name. */
  readonly method: string;
  readonly grid: SearchGrid;
  /** Options of the experiment's own row of this method; the configurations are laid over them. */
  readonly base: Readonly<Record<string, unknown>>;
  readonly configurations: readonly Configuration[];
}

/** One pilot run: every configuration of every method at one seed. */
export interface PilotRun {
  readonly seed: number;
  readonly experiment: Experiment;
  readonly retrain: MethodPlan;
  /** By method, in the order of its configurations. */
  readonly trials: readonly (readonly PilotTrial[])[];
}

/** One configuration at one seed. */
export interface PilotTrial {
  /** What it tries, such as `"finetune lr=0.01"`; whatever the size of the search. */
  readonly name: string;
  readonly method: MethodPlan;
}

/** What a search is asked for. */
export interface TuneRequest {
  readonly methods: readonly string[];
  /** Configurations of each method. */
  readonly count: number;
  readonly seeds: readonly number[];
  /** Where the experiment's file lies. */
  readonly folder: string;
}

/**
 * Everything a search will run, checked before any work.
 *
 * @throws LtuError `OPTION` for a method without a range, a wrong option, and for a pilot seed that the experiment
 * reports on.
 */
export async function planTune(
  experiment: Experiment,
  { methods, count, seeds, folder }: TuneRequest,
): Promise<{ readonly searches: readonly MethodSearch[]; readonly runs: readonly PilotRun[] }> {
  checkSeeds(experiment, seeds);
  const searches = methods.map((method) => searchOf(method, { experiment, count }));
  const twice = methods.find((method, i) => methods.indexOf(method) !== i);
  if (twice !== undefined) {
    throw new LtuError("OPTION", `tune: expected every method once, found ${twice} twice; leave one out.`);
  }
  const runs: PilotRun[] = [];
  for (const seed of seeds) {
    const rows = searches.flatMap(({ method, grid, base, configurations: tried }) =>
      tried.map((options, i) => ({
        name: grid.factory,
        label: `${method} ${i + 1}`,
        options: { ...base, ...options },
      })),
    );
    const pilot: Experiment = { ...experiment, seed, methods: rows };
    dataName(pilot);
    checkModelName(pilot);
    const [retrain, ...planned] = await composed(pilot, folder);
    const trials = searches.map((search, m) =>
      search.configurations.map((options, c): PilotTrial => {
        const method = planned[m * count + c] as MethodPlan;
        return { name: nameOf(search, options), method };
      }),
    );
    runs.push({ seed, experiment: pilot, retrain, trials });
  }
  return { searches, runs };
}

function nameOf({ method, grid }: MethodSearch, options: Configuration): string {
  const tried = Object.keys(grid.ranges).map((option) => `${option}=${options[option]}`);
  return [method, ...tried].join(" ");
}

async function composed(
  experiment: Experiment,
  folder: string,
): Promise<readonly [MethodPlan, ...MethodPlan[]]> {
  try {
    return await composeMethods(experiment, { folder });
  } catch (error) {
    if (!isLtuError(error)) throw error;
    throw new LtuError(error.code, `tune: ${error.message}`, { cause: error });
  }
}

function searchOf(
  method: string,
  { experiment, count }: { readonly experiment: Experiment; readonly count: number },
): MethodSearch {
  const names = [...Object.keys(grids), "ltu"];
  if (!names.includes(method)) {
    throw new LtuError(
      "OPTION",
      `tune: --method must be one of ${names.join(", ")}, found "${method}"; ${didYouMean(method, names)}`,
    );
  }
  const grid = method === "ltu" ? ltuGrid : grids[method as GridName];
  const base = experiment.methods.find(({ name }) => name === grid.factory)?.options ?? {};
  const rng = createRng(configurationSeed).split("configurations").split(method);
  return { method, grid, base, configurations: configurations(grid, { count, rng }) };
}

function checkSeeds({ name, seed: reported }: Experiment, seeds: readonly number[]): void {
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (twice !== undefined || seeds.length === 0) {
    throw new LtuError(
      "OPTION",
      `tune: expected different pilot seeds, at least one, found ${seeds.join(", ") || "none"}; give such as --seeds 101,102.`,
    );
  }
  if (!seeds.includes(reported)) return;
  throw new LtuError(
    "OPTION",
    `tune: expected pilot seeds that are not reported on, found ${reported}, the seed of the experiment ${name}; take others.`,
  );
}
