import { LtuError } from "@ltu/core";
import {
  parseSchedule,
  scheduleTable,
  shortest,
  type ScheduleReading,
  type ScheduleSearch,
} from "@ltu/report";
import type { Json } from "@ltu/runner";

import { composeMethods } from "../compose-methods.ts";
import { checkModelName } from "../compose-model.ts";
import type { Experiment } from "../config.ts";
import { createContext } from "../create-context.ts";
import { findExperiment } from "../experiment-catalog.ts";
import { checkForget } from "../forget/check-forget.ts";
import { dataName } from "../load-data.ts";
import { planForgetSets } from "../plan-forget-sets.ts";
import { runSession, type RunOptions, type RunSession } from "../run-session.ts";
import type { AuditArtefact } from "../stages/audit.ts";
import { decodeJson } from "../stages/json-artefact.ts";
import { trainOracleStage } from "../stages/train-oracle.ts";
import { loadOnce } from "../study/load-once.ts";
import { pilotAudit, pilotSetsStage } from "./pilot-audit.ts";

/** Options of the command as typed. */
export interface ScheduleOptions extends Omit<RunOptions, "experiment" | "seed" | "trials"> {
  readonly reach: number;
  readonly epochs: readonly number[];
  readonly seeds: readonly number[];
}

/**
 * `schedule`: retrains at pilot seeds for longer and longer, until the mean RA reaches what is asked for: the length that
 * an experiment should have, so that no method looks cheap beside a retraining that is longer than it need be.
 */
export async function scheduleCommand(nameOrFile: string, options: ScheduleOptions): Promise<void> {
  const callerFolder = process.env["INIT_CWD"] ?? process.cwd();
  const found = await findExperiment(nameOrFile, { callerFolder, overrides: options.set ?? [] });
  if (found.kind !== "experiment") {
    throw new LtuError(
      "OPTION",
      `schedule: expected an experiment, found "${nameOrFile}", whose kind is "${found.kind}"; name an experiment.`,
    );
  }
  const { experiment, folder } = found;
  const { seeds, reach } = options;
  const lengths = options.epochs.toSorted((a, b) => a - b);
  dataName(experiment);
  checkModelName(experiment);
  // Every length is checked before any work.
  for (const epochs of lengths) await composeMethods(withEpochs(experiment, epochs), { folder });
  await runSession({ ...options, experiment: nameOrFile }, async (session) => {
    const load = loadOnce((each) => session.load(each));
    const tried: ScheduleSearch["tried"][number][] = [];
    for (const epochs of lengths) {
      const readings: ScheduleReading[] = [];
      for (const seed of seeds) {
        const asked = { ...withEpochs(experiment, epochs), seed };
        readings.push(await readingOf(asked, { folder, session, load, name: `${experiment.name}-schedule` }));
      }
      tried.push({ epochs, readings });
      if (shortest({ tried, reach, seeds }) !== null) break;
    }
    const search = parseSchedule({
      schemaVersion: 1,
      kind: "schedule",
      name: `${experiment.name}-schedule`,
      config: JSON.parse(JSON.stringify(experiment)) as Json,
      reach,
      seeds,
      tried,
      chosen: shortest({ tried, reach, seeds }),
      engine: { name: session.engine.name, threads: session.engine.threads },
      versions: session.versions,
    } satisfies ScheduleSearch);
    await session.write({ "schedule.json": `${JSON.stringify(search, null, 2)}\n` }, scheduleTable(search));
  });
}

function withEpochs(experiment: Experiment, epochs: number): Experiment {
  return { ...experiment, training: { ...experiment.training, epochs } };
}

/** One retrained model, measured with validation images in place of test images. */
async function readingOf(
  experiment: Experiment,
  {
    folder,
    session,
    load,
    name,
  }: {
    readonly folder: string;
    readonly session: RunSession;
    readonly load: RunSession["load"];
    readonly name: string;
  },
): Promise<ScheduleReading> {
  const { seed, training } = experiment;
  const context = await createContext(experiment, {
    data: await load(experiment),
    seed,
    ground: session.ground,
    folder,
  });
  checkForget(context);
  // A held-out oracle, which needs no original: a table of this length at the same seed finds it in the store.
  const { prepare } = planForgetSets(context);
  const train = trainOracleStage(context, { prepare, name: "held-out oracle 1" });
  const sets = pilotSetsStage(prepare);
  const { audit } = pilotAudit(context, { sets, weights: train, label: "retrain" });
  const results = await session.runStages([audit], {
    name,
    about: [`try       ${training.epochs} epochs at seed ${seed}`],
  });
  const { metrics } = decodeJson<AuditArtefact>(await results.artefact(audit));
  return { seed, ra: metrics.ra, ta: metrics.ta, seconds: results.wallMs(train) / 1000 };
}
