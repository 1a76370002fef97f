import { LtuError } from "@ltu/core";
import { meanMetrics, searchTable, type RowMetrics, type Search, type SearchReading } from "@ltu/report";
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
    const pilots: MissingPilot[] = [];
    for (const run of planned.runs) {
      const missing = missingOf(run, { archive, engine: engine.name });
      if (missing.trials.length === 0 && !missing.measureRetrained) continue;
      const data = await load(run.experiment);
      const context = await createContext(run.experiment, { data, seed: run.seed, ground, folder });
      checkForget(context);
      pilots.push({ run, missing, pilot: planPilot(context, { retrain: run.retrain, ...missing }) });
    }
    await runPilots(pilots, { config, archive, planned, engine: engine.name, versions, session });
    const search = searchOf(config, { base, planned, archive, engine, versions });
    await session.write(
      { "search.json": `${indentedJson(search, { depth: 4 })}\n` },
      searchTable(search, { width: 110 }),
    );
    const without = search.rows.find(({ choice }) => "reason" in choice);
    if (without !== undefined && "reason" in without.choice)
      throw new LtuError("DIVERGED", without.choice.reason);
  });
}

/** What a pilot run still needs. */
interface Missing {
  readonly trials: readonly PilotTrial[];
  readonly measureRetrained: boolean;
}

interface MissingPilot {
  readonly run: PilotRun;
  readonly missing: Missing;
  readonly pilot: Pilot;
}

function missingOf(
  run: PilotRun,
  { archive, engine }: { readonly archive: Archive<TrialLine>; readonly engine: string },
): Missing {
  const place = { experiment: run.experiment, seed: run.seed, engine };
  const trials = run.trials
    .flat()
    .filter(({ method }) => archive.find(trialPlace(place, method)) === undefined);
  return { trials, measureRetrained: archive.find(retrainPlace(place)) === undefined };
}

/** Runs what is missing; each trial is kept in the archive before the next one begins. */
async function runPilots(
  pilots: readonly MissingPilot[],
  {
    config,
    archive,
    planned,
    engine,
    versions,
    session,
  }: {
    readonly config: SearchConfig;
    readonly archive: Archive<TrialLine>;
    readonly planned: PlannedSearch;
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
  const all = planned.runs.reduce((sum, { trials }) => sum + trials.flat().length, 0);
  const left = pilots.reduce((sum, { pilot }) => sum + pilot.trials.length, 0);
  await session.runStages(
    unique.map(({ stage }) => stage),
    {
      name: config.name,
      of: unique.map(({ of }) => of),
      about: [
        `search    ${planned.searches.length} rows at pilot seeds ${config.seeds.join(", ")}: ${all} trials, ${all - left} of them kept before`,
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
    planned: { searches, runs },
    archive,
    engine: { name: engine, threads },
    versions,
  }: {
    readonly base: unknown;
    readonly planned: PlannedSearch;
    readonly archive: Archive<TrialLine>;
  } & Pick<RunSession, "engine" | "versions">,
): Search {
  const others = new Set<string>();
  const kept = (run: PilotRun, place: ReturnType<typeof trialPlace>): TrialLine => {
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
        seeds: runs.map((run): SearchReading => {
          const { seed, experiment, trials } = run;
          const { method } = (trials[r] as readonly PilotTrial[])[c] as PilotTrial;
          return readingOf(seed, kept(run, trialPlace({ experiment, seed, engine }, method)));
        }),
      })),
    ),
    engine: { name: engine, threads },
    versions,
    notes: others.size === 0 ? [] : [`Some trials were kept from other versions: ${[...others].join("; ")}.`],
  });
}
