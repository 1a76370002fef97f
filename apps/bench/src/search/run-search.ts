import { LtuError } from "@ltu/core";
import { searchTable, type RowMetrics, type Search, type SearchReading } from "@ltu/report";
import type { Json } from "@ltu/runner";

import { archiveFolder } from "../archive/archive-folder.ts";
import { openArchive, type Archive } from "../archive/archive.ts";
import { checkKeepable } from "../archive/setting.ts";
import { parseExperiment, type Experiment } from "../config.ts";
import { createContext } from "../create-context.ts";
import { baseExperiment } from "../experiment-catalog.ts";
import { indentedJson } from "../indented-json.ts";
import { runSession, type RunOptions, type RunSession } from "../run-session.ts";
import { checkForget } from "../forget/check-forget.ts";
import { mergeJson } from "../strict-json.ts";
import { nameOf } from "../study/plan-study.ts";
import { loadOnce } from "../study/load-once.ts";
import { refuseSeed, refuseSharedEvaluator } from "../study/run-study.ts";
import { shortlistedRuns, type AskedRun } from "./asked-run.ts";
import { assembleSearch } from "./assemble-search.ts";
import { planPilot } from "./plan-pilot.ts";
import { planSearch, type PilotRun, type PlannedSearch } from "./plan-search.ts";
import { missingOf, runPilots, type MissingPilot } from "./run-pilots.ts";
import type { SearchConfig } from "./search-config.ts";
import { readingOf, retrainPlace, trialLine, trialPlace, type TrialLine } from "./trial-archive.ts";

/** A search of options to its table and `search.json`. */
export async function runSearch(
  config: SearchConfig,
  { folder, ...options }: RunOptions & { readonly folder: string },
): Promise<void> {
  refuseSeed(options, config.name);
  refuseSharedEvaluator(options, config.name);
  const { experiment, base } = await experimentOf(config);
  const where = `search ${config.name}`;
  const planned = await planSearch(experiment, { rows: config.rows, seeds: config.seeds, folder, where });
  await makeSearch(config, { ...options, folder, base, planned });
}

/** The experiment that a search builds on, and the JSON of its base. */
export async function experimentOf(
  config: SearchConfig,
): Promise<{ readonly experiment: Experiment; readonly base: unknown }> {
  const base = await baseExperiment(config.experiment, config.name);
  const json = mergeJson(base, config.overrides) as Record<string, unknown>;
  return { experiment: parseExperiment(json, nameOf(json) ?? config.name), base };
}

/** Makes every trial that is not kept yet, keeps each as soon as it is there, and lets the rule choose. */
export async function makeSearch(
  config: SearchConfig,
  {
    folder,
    base,
    planned,
    ...options
  }: RunOptions & { readonly folder: string; readonly base: unknown; readonly planned: PlannedSearch },
): Promise<void> {
  const kept = archiveFolder(config.name, options);
  checkKeepable(
    planned.runs.map(({ experiment }) => experiment),
    kept,
  );
  const archive = await openArchive(kept, trialLine);
  await runSession(options, async ({ engine, versions, ground, ...session }) => {
    const load = loadOnce((each) => session.load(each));
    const makeRuns = async (runs: readonly AskedRun[]): Promise<void> => {
      const pilots: MissingPilot[] = [];
      for (const run of runs) {
        const missing = missingOf(run, { archive, engine: engine.name });
        if (missing.trials.length === 0 && !missing.measureRetrained) continue;
        const data = await load(run.experiment);
        const context = await createContext(run.experiment, { data, seed: run.seed, ground, folder });
        checkForget(context);
        pilots.push({ run, missing, pilot: planPilot(context, { retrain: run.retrain, ...missing }) });
      }
      await runPilots(pilots, { config, archive, runs, engine: engine.name, versions, session });
    };
    const { shortlist } = config;
    let runs: readonly AskedRun[] = planned.runs;
    if (shortlist !== undefined) {
      const all = planned.runs as [PilotRun, ...PilotRun[]];
      await makeRuns(all.slice(0, 1));
      runs = shortlistedRuns(all, { archive, engine: engine.name, shortlist });
    }
    await makeRuns(runs);
    const search = searchOf(config, { base, searches: planned.searches, runs, archive, engine, versions });
    await session.write(
      { "search.json": `${indentedJson(search, { depth: 4 })}\n` },
      searchTable(search, { width: 110 }),
    );
    const without = search.rows.find(({ choice }) => "reason" in choice);
    if (without !== undefined && "reason" in without.choice)
      throw new LtuError("DIVERGED", without.choice.reason);
  });
}

/** The whole search out of what is kept. */
function searchOf(
  config: SearchConfig,
  {
    base,
    searches,
    runs,
    archive,
    engine: { name: engine, threads },
    versions,
  }: {
    readonly base: unknown;
    readonly searches: PlannedSearch["searches"];
    readonly runs: readonly AskedRun[];
    readonly archive: Archive<TrialLine>;
  } & Pick<RunSession, "engine" | "versions">,
): Search {
  const others = new Set<string>();
  const kept = (run: AskedRun, place: ReturnType<typeof trialPlace>): TrialLine => {
    const line = archive.find(place) as TrialLine;
    const stated = JSON.stringify(line.versions);
    if (stated !== JSON.stringify(versions)) others.add(stated);
    return line;
  };
  return assembleSearch({
    name: config.name,
    description: config.description,
    config: JSON.parse(JSON.stringify({ ...config, experiment: base })) as Json,
    seeds: config.seeds,
    ...(config.shortlist === undefined ? {} : { shortlist: config.shortlist }),
    retrain: runs.map((run) => {
      const { seed, experiment } = run;
      const line = kept(run, retrainPlace({ experiment, seed, engine })) as TrialLine & {
        readonly retrain: RowMetrics;
      };
      return { seed, oracles: experiment.oracles.count, metrics: line.retrain };
    }),
    searches,
    trials: searches.map(({ configurations }, r) =>
      configurations.map((options, c) => ({
        options,
        seeds: runs.flatMap((run): SearchReading[] => {
          const { seed, experiment, trials } = run;
          const trial = trials[r]?.[c];
          if (trial === undefined) return [];
          return [readingOf(seed, kept(run, trialPlace({ experiment, seed, engine }, trial.method)))];
        }),
      })),
    ),
    engine: { name: engine, threads },
    versions,
    notes: others.size === 0 ? [] : [`Some trials were kept from other versions: ${[...others].join("; ")}.`],
  });
}
