import { LtuError } from "@ltu/core";
import { meanMetrics } from "@ltu/report";
import { stageKey, type Stage } from "@ltu/runner";

import { createContext } from "../create-context.ts";
import { findExperiment } from "../experiment-catalog.ts";
import { runSession, type RunOptions } from "../run-session.ts";
import type { AuditArtefact } from "../stages/audit.ts";
import { decodeJson } from "../stages/json-artefact.ts";
import { checkSplits } from "../stages/prepare.ts";
import { loadOnce } from "../study/run-study.ts";
import { assembleTune } from "./assemble-tune.ts";
import { planPilot, type Pilot } from "./plan-pilot.ts";
import { planTune } from "./plan-tune.ts";
import type { TrialOutcome } from "./trial.ts";
import { tuneTable } from "./tune-table.ts";

/** Options of the `tune` command as typed. */
export interface TuneOptions extends Omit<RunOptions, "experiment" | "seed"> {
  readonly method: readonly string[];
  readonly configs: number;
  readonly seeds: readonly number[];
}

/**
 * `tune`: the configurations of one or several methods at pilot seeds, validation images in place of test images, to
 * `tune.json` and a table with what the one rule chooses. Finished trials are kept in the store; the same command goes
 * on after a stop.
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
  const { searches, runs } = await planTune(experiment, { methods, count, seeds, folder });
  await runSession(
    { ...options, experiment: nameOrFile },
    async ({ engine, versions, ground, ...session }) => {
      const load = loadOnce((each) => session.load(each));
      const pilots: Pilot[] = [];
      for (const run of runs) {
        const context = await createContext(run.experiment, {
          data: await load(run.experiment),
          seed: run.seed,
          ground,
          folder,
        });
        checkSplits(context);
        pilots.push(planPilot(context, run));
      }
      const asked = pilots.flatMap(({ seed, stages }) =>
        stages.map((stage) => ({ stage, key: stageKey(stage), of: `seed ${seed}` })),
      );
      const unique = asked.filter(({ key }, i) => asked.findIndex((other) => other.key === key) === i);
      const results = await session.runStages(
        unique.map(({ stage }) => stage),
        {
          name: `${experiment.name}-tune`,
          of: unique.map(({ of }) => of),
          about: [
            `tune      ${methods.join(", ")}: ${count} configurations each, at pilot seeds ${seeds.join(", ")}`,
            "measured  on validation images; no test image is read",
          ],
        },
      );
      const read = async <T>(stage: Stage): Promise<T> => decodeJson<T>(await results.artefact(stage));
      const outcomes = await Promise.all(
        searches.map((_, m) =>
          Promise.all(
            Array.from({ length: count }, (__, c) =>
              Promise.all(pilots.map(({ trials }) => read<TrialOutcome>(trials[m]?.[c] as Stage))),
            ),
          ),
        ),
      );
      const tune = assembleTune({
        experiment: { name: experiment.name, config: experiment },
        seeds,
        retrain: await Promise.all(
          pilots.map(async ({ seed, oracles }) => ({
            seed,
            oracles: oracles.length,
            metrics: meanMetrics(
              await Promise.all(oracles.map(async (stage) => (await read<AuditArtefact>(stage)).metrics)),
            ),
          })),
        ),
        searches,
        outcomes,
        engine: { name: engine.name, threads: engine.threads },
        versions,
      });
      await session.write({ "tune.json": `${JSON.stringify(tune, null, 2)}\n` }, tuneTable(tune));
      const without = tune.methods.find(({ choice }) => "reason" in choice);
      if (without !== undefined && "reason" in without.choice)
        throw new LtuError("DIVERGED", without.choice.reason);
    },
  );
}
