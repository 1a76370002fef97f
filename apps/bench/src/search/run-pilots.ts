import { meanMetrics, type RowMetrics } from "@ltu/report";
import { stageKey, type Stage, type StageResults } from "@ltu/runner";

import type { Archive } from "../archive/archive.ts";
import { onceByKey } from "../once-by-key.ts";
import type { RunSession } from "../run-session.ts";
import type { AuditArtefact } from "../stages/audit.ts";
import { decodeJson } from "../stages/json-artefact.ts";
import { askedOf, type AskedRun } from "./asked-run.ts";
import type { Pilot } from "./plan-pilot.ts";
import type { PilotTrial } from "./plan-search.ts";
import type { SearchConfig } from "./search-config.ts";
import { retrainPlace, trialPlace, type TrialLine } from "./trial-archive.ts";
import type { TrialOutcome } from "./trial.ts";

/** What a pilot run still needs. */
export interface Missing {
  readonly trials: readonly PilotTrial[];
  readonly measureRetrained: boolean;
}

/** A pilot run with what it still needs, and the stages that make it. */
export interface MissingPilot {
  readonly run: AskedRun;
  readonly missing: Missing;
  readonly pilot: Pilot;
}

/** What of a run the archive does not hold. */
export function missingOf(
  run: AskedRun,
  { archive, engine }: { readonly archive: Archive<TrialLine>; readonly engine: string },
): Missing {
  const place = { experiment: run.experiment, seed: run.seed, engine };
  const trials = askedOf(run).filter(({ method }) => archive.find(trialPlace(place, method)) === undefined);
  return { trials, measureRetrained: archive.find(retrainPlace(place)) === undefined };
}

/** Runs what is missing; each trial is kept in the archive before the next one begins. */
export async function runPilots(
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
