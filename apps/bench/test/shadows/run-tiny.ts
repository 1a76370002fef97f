import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Result } from "@ltu/report";
import { openStore, runStages, type StageResults } from "@ltu/runner";

import { assembleResult } from "../../src/assemble-result.ts";
import { composeEvaluators, type PlannedEvaluator } from "../../src/compose-evaluators.ts";
import { composeMethods } from "../../src/compose-methods.ts";
import { parseExperiment, type Experiment } from "../../src/config.ts";
import { createContext } from "../../src/create-context.ts";
import { loadData } from "../../src/load-data.ts";
import { planRun, type Plan } from "../../src/plan.ts";
import type { RunContext } from "../../src/run-context.ts";
import { tinyExperiment } from "../run-bench.ts";
import { idleLoad } from "../idle-load.ts";

/** The tiny experiment with parts of it replaced. */
export function tiny(parts: Record<string, unknown>): Experiment {
  return parseExperiment(
    {
      ...tinyExperiment,
      data: { ...tinyExperiment.data, test: 200 },
      training: { ...tinyExperiment.training, epochs: 15 },
      oracles: { count: 2, heldOut: 0 },
      ...parts,
    },
    "tiny",
  );
}

/** A planned run with a store of its own. */
export interface TinyRun {
  readonly context: RunContext;
  readonly evaluators: readonly PlannedEvaluator[];
  readonly plan: Plan;
  run(planned?: Plan): Promise<{ readonly result: Result; readonly results: StageResults }>;
  /** The same run of another experiment, on the same store. */
  with(experiment: Experiment): Promise<TinyRun>;
  remove(): Promise<void>;
}

/** Plans a run with its evaluators, on the engine that is there. */
export async function planTiny(experiment: Experiment, store?: string): Promise<TinyRun> {
  const folder = store ?? (await mkdtemp(join(tmpdir(), "ltu-shadows-")));
  const data = await loadData(experiment, idleLoad);
  const context = await createContext(experiment, {
    data,
    seed: 1,
    ground: { engine: "cpu", threads: 1 },
    folder: ".",
  });
  const evaluators = await composeEvaluators(experiment, { folder: "." });
  const plan = planRun(context, await composeMethods(experiment, { folder: "." }), {
    evaluators,
    further: true,
  });
  return {
    context,
    evaluators,
    plan,
    run: async (planned = plan) => {
      const results = await runStages(planned.stages, await openStore(folder));
      const result = await assembleResult({
        context,
        plan: planned,
        results,
        engine: { name: "cpu", description: "", threads: 1, versions: {}, tried: [] },
        versions: {},
        startedMs: 0,
        warnings: [],
      });
      return { result, results };
    },
    with: (other) => planTiny(other, folder),
    remove: () => rm(folder, { recursive: true }),
  };
}
