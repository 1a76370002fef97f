import { LtuError } from "@ltu/core";
import {
  meanMetrics,
  searchGap,
  searchTable,
  shortlistOf,
  type RowMetrics,
  type Search,
  type SearchReading,
} from "@ltu/report";
import { stageKey, type Json, type Stage, type StageResults } from "@ltu/runner";

import { archiveFolder } from "../archive/archive-folder.ts";
import { openArchive, type Archive } from "../archive/archive.ts";
import { checkKeepable } from "../archive/setting.ts";
import { parseExperiment, type Experiment } from "../config.ts";
import { createContext } from "../create-context.ts";
import { baseExperiment } from "../experiment-catalog.ts";
import { indentedJson } from "../indented-json.ts";
import { onceByKey } from "../once-by-key.ts";
import { runSession, type RunOptions, type RunSession } from "../run-session.ts";
import type { AuditArtefact } from "../stages/audit.ts";
import { decodeJson } from "../stages/json-artefact.ts";
import { checkForget } from "../forget/check-forget.ts";
import { mergeJson } from "../strict-json.ts";
import { nameOf } from "../study/plan-study.ts";
import { loadOnce } from "../study/load-once.ts";
import { refuseSeed, refuseSharedEvaluator } from "../study/run-study.ts";
import { assembleSearch } from "./assemble-search.ts";
import { planPilot, type Pilot } from "./plan-pilot.ts";
import { planSearch, type PilotRun, type PilotTrial, type PlannedSearch } from "./plan-search.ts";
import type { SearchConfig } from "./search-config.ts";
import { readingOf, retrainPlace, trialLine, trialPlace, type TrialLine } from "./trial-archive.ts";
import type { TrialOutcome } from "./trial.ts";

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
    const [first, ...others] = planned.runs as [PilotRun, ...PilotRun[]];
    let runs: readonly AskedRun[] = planned.runs;
    if (shortlist !== undefined) {
      await makeRuns([first]);
      const goOn = goesOn(first, { archive, engine: engine.name, shortlist });
      runs = [first, ...others.map((run) => withTrials(run, goOn))];
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

/** By row, the places of the configurations that go on from the first pilot seed, whose trials are all kept. */
function goesOn(
  { seed, experiment, trials }: PilotRun,
  {
    archive,
    engine,
    shortlist,
  }: { readonly archive: Archive<TrialLine>; readonly engine: string; readonly shortlist: number },
): readonly (readonly number[])[] {
  const place = { experiment, seed, engine };
  const { retrain } = archive.find(retrainPlace(place)) as TrialLine & { readonly retrain: RowMetrics };
  const retrained = { retrain: [{ seed, oracles: experiment.oracles.count, metrics: retrain }] };
  return trials.map((row) => {
    const gaps = row.map((trial) => {
      const line = archive.find(trialPlace(place, trial.method)) as TrialLine;
      return searchGap(readingOf(seed, line), retrained);
    });
    return shortlistOf(gaps, shortlist);
  });
}

/** The same run with the trials at some places only, by row. */
function withTrials(run: PilotRun, places: readonly (readonly number[])[]): AskedRun {
  const trials = run.trials.map((row, r) =>
    row.map((trial, c) => (places[r]?.includes(c) === true ? trial : undefined)),
  );
  return { ...run, trials };
}

/** A pilot run of which some trials are not asked for. */
interface AskedRun extends Omit<PilotRun, "trials"> {
  /** By row, in the order of its configurations; `undefined` for those that did not go on to this seed. */
  readonly trials: readonly (readonly (PilotTrial | undefined)[])[];
}

/** What a pilot run still needs. */
interface Missing {
  readonly trials: readonly PilotTrial[];
  readonly measureRetrained: boolean;
}

interface MissingPilot {
  readonly run: AskedRun;
  readonly missing: Missing;
  readonly pilot: Pilot;
}

function missingOf(
  run: AskedRun,
  { archive, engine }: { readonly archive: Archive<TrialLine>; readonly engine: string },
): Missing {
  const place = { experiment: run.experiment, seed: run.seed, engine };
  const trials = askedOf(run).filter(({ method }) => archive.find(trialPlace(place, method)) === undefined);
  return { trials, measureRetrained: archive.find(retrainPlace(place)) === undefined };
}

/** The trials that a run asks for. */
function askedOf({ trials }: AskedRun): readonly PilotTrial[] {
  return trials.flat().filter((trial) => trial !== undefined);
}

/** Runs what is missing; each trial is kept in the archive before the next one begins. */
async function runPilots(
  pilots: readonly MissingPilot[],
  {
    config,
    archive,
    runs,
    engine,
    versions,
    session,
  }: {
    readonly config: SearchConfig;
    readonly archive: Archive<TrialLine>;
    readonly runs: readonly AskedRun[];
    readonly engine: string;
    readonly versions: Readonly<Record<string, string>>;
    readonly session: Pick<RunSession, "runStages">;
  },
): Promise<void> {
  const asked = pilots.flatMap(({ run, pilot }) =>
    pilot.stages.map((stage) => ({ stage, key: stageKey(stage), of: `seed ${run.seed}` })),
  );
  const unique = onceByKey(asked);
  const keep = new Map<string, (results: StageResults) => Promise<void>>();
  for (const { run, missing, pilot } of pilots) {
    const place = { experiment: run.experiment, seed: run.seed, engine };
    pilot.trials.forEach((stage, i) => {
      const { method, row } = missing.trials[i] as PilotTrial;
      keep.set(stageKey(stage), async (results) =>
        archive.keep(row, {
          of: trialPlace(place, method),
          ...decodeJson<TrialOutcome>(await results.artefact(stage)),
          seconds: results.wallMs(stage) / 1000,
          versions,
        }),
      );
    });
    // The last retrained model to be measured completes their mean.
    const last = pilot.oracles.at(-1);
    if (last === undefined) continue;
    keep.set(stageKey(last), async (results) =>
      archive.keep("retrain", {
        of: retrainPlace(place),
        retrain: meanMetrics(await Promise.all(pilot.oracles.map((stage) => metricsOf(results, stage)))),
        versions,
      }),
    );
  }
  const all = runs.reduce((sum, run) => sum + askedOf(run).length, 0);
  const left = pilots.reduce((sum, { pilot }) => sum + pilot.trials.length, 0);
  await session.runStages(
    unique.map(({ stage }) => stage),
    {
      name: config.name,
      of: unique.map(({ of }) => of),
      about: [
        `search    ${config.rows.length} rows at pilot seed${runs.length === 1 ? "" : "s"} ${runs.map(({ seed }) => seed).join(", ")}: ${all} trials, ${all - left} of them kept before`,
        "measured  on validation images; no test image is read",
      ],
      afterStage: async (stage, results) => keep.get(stageKey(stage))?.(results),
    },
  );
}

async function metricsOf(results: StageResults, stage: Stage): Promise<RowMetrics> {
  return decodeJson<AuditArtefact>(await results.artefact(stage)).metrics;
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
