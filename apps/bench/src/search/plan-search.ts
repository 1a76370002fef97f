import { configurations, grids, type Configuration, type GridName, type SearchGrid } from "@ltu/baselines";
import { createRng, isLtuError, LtuError } from "@ltu/core";

import { composeMethods, type MethodPlan } from "../compose-methods.ts";
import { checkModelName } from "../compose-model.ts";
import type { Experiment } from "../config.ts";
import { dataName } from "../load-data.ts";
import { didYouMean } from "../nearest-name.ts";
import { ltuGrid } from "./ltu-grid.ts";
import type { SearchRowConfig } from "./search-config.ts";

/** The same list of configurations for everybody who asks for as many. */
const configurationSeed = 0;

/** What the search of one row tries. */
export interface RowSearch {
  readonly row: SearchRowConfig;
  /** The method's own grid. */
  readonly published: SearchGrid;
  /** Where this row is searched. */
  readonly grid: SearchGrid;
  readonly configurations: readonly Configuration[];
}

/** One pilot run: every configuration of every row at one seed. */
export interface PilotRun {
  readonly seed: number;
  readonly experiment: Experiment;
  readonly retrain: MethodPlan;
  /** By row, in the order of its configurations. */
  readonly trials: readonly (readonly PilotTrial[])[];
}

/** One configuration at one seed. */
export interface PilotTrial {
  /** The row's label. */
  readonly row: string;
  /** What it tries, such as `"finetune lr=0.01"`; whatever the size of the search. */
  readonly name: string;
  readonly method: MethodPlan;
}

/** What a search is asked for. */
export interface SearchRequest {
  readonly rows: readonly SearchRowConfig[];
  readonly seeds: readonly number[];
  /** Where the search's file lies. */
  readonly folder: string;
  /** What messages begin with, such as `"search table-search"`. */
  readonly where: string;
}

/** Everything a search will run. */
export interface PlannedSearch {
  readonly searches: readonly RowSearch[];
  readonly runs: readonly PilotRun[];
}

/**
 * Everything a search will run, checked before any work.
 *
 * @throws LtuError `OPTION` for a method without a range, a wrong option, two rows of one name, and for a pilot seed that
 * the experiment reports on.
 */
export async function planSearch(
  experiment: Experiment,
  { rows, seeds, folder, where }: SearchRequest,
): Promise<PlannedSearch> {
  checkSeeds(experiment, seeds, where);
  const searches = rows.map((row) => searchOf(row, where));
  const labels = rows.map(({ label }) => label);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) {
    throw new LtuError(
      "OPTION",
      `${where}: expected every row once, found ${twice} twice; leave one out or give it another label.`,
    );
  }
  const runs: PilotRun[] = [];
  for (const seed of seeds) {
    const methods = searches.flatMap(({ row, grid, configurations: tried }) =>
      tried.map((options, i) => ({
        name: grid.factory,
        label: `${row.label} ${i + 1}`,
        options: { ...row.options, ...options },
      })),
    );
    const pilot: Experiment = { ...experiment, seed, methods };
    dataName(pilot);
    checkModelName(pilot);
    const [retrain, ...planned] = await composed(pilot, { folder, where });
    let next = 0;
    const trials = searches.map((search) =>
      search.configurations.map((options): PilotTrial => ({
        row: search.row.label,
        name: nameOf(search, options),
        method: planned[next++] as MethodPlan,
      })),
    );
    runs.push({ seed, experiment: pilot, retrain, trials });
  }
  return { searches, runs };
}

function nameOf({ row, grid }: RowSearch, options: Configuration): string {
  const tried = Object.keys(grid.ranges).map((option) => `${option}=${options[option]}`);
  return [row.label, ...tried].join(" ");
}

async function composed(
  experiment: Experiment,
  { folder, where }: Pick<SearchRequest, "folder" | "where">,
): Promise<readonly [MethodPlan, ...MethodPlan[]]> {
  try {
    return await composeMethods(experiment, { folder });
  } catch (error) {
    if (!isLtuError(error)) throw error;
    throw new LtuError(error.code, `${where}: ${error.message}`, { cause: error });
  }
}

function searchOf(row: SearchRowConfig, where: string): RowSearch {
  const { method, count } = row;
  const names = [...Object.keys(grids), "ltu"];
  if (!names.includes(method)) {
    throw new LtuError(
      "OPTION",
      `${where}: method must be one of ${names.join(", ")}, found "${method}"; ${didYouMean(method, names)}`,
    );
  }
  const published = method === "ltu" ? ltuGrid : grids[method as GridName];
  const ranges = row.ranges ?? published.ranges;
  const stands = Object.entries(row.fixed ?? published.fixed).filter(([option]) => !(option in ranges));
  const grid: SearchGrid = { ...published, ranges, fixed: Object.fromEntries(stands) };
  // By method, not by row: both data regimes of a method try the same list.
  const rng = createRng(configurationSeed).split("configurations").split(method);
  return { row, published, grid, configurations: configurations(grid, { count, rng }) };
}

function checkSeeds({ name, seed: reported }: Experiment, seeds: readonly number[], where: string): void {
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (twice !== undefined || seeds.length === 0) {
    throw new LtuError(
      "OPTION",
      `${where}: expected different pilot seeds, at least one, found ${seeds.join(", ") || "none"}; give such as 101, 102.`,
    );
  }
  if (!seeds.includes(reported)) return;
  throw new LtuError(
    "OPTION",
    `${where}: expected pilot seeds that are not reported on, found ${reported}, the seed of the experiment ${name}; take others.`,
  );
}
