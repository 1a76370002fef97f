import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openStore, runStages, type Stage, type StageResults } from "@ltu/runner";

import { composeMethods, type MethodPlan } from "../../src/compose-methods.ts";
import { parseExperiment, type Experiment } from "../../src/config.ts";
import { createContext } from "../../src/create-context.ts";
import { loadData } from "../../src/load-data.ts";
import type { RunContext } from "../../src/run-context.ts";
import { tinyExperiment } from "../run-bench.ts";

/** The tiny experiment, trained for a moment, with changes laid over it. */
export function tiny(change: object): Experiment {
  const { training } = tinyExperiment;
  return parseExperiment({ ...tinyExperiment, training: { ...training, epochs: 4 }, ...change }, "tiny");
}

/** Binds an experiment on generated images. */
export async function contextOf(experiment: Experiment, seed = 1): Promise<RunContext> {
  const data = await loadData(experiment, {
    folder: undefined,
    download: false,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return createContext(experiment, { data, seed, ground: { engine: "cpu", threads: 1 }, folder: "." });
}

/** The rows of an experiment. */
export function methodsOf(experiment: Experiment): Promise<readonly [MethodPlan, ...MethodPlan[]]> {
  return composeMethods(experiment, { folder: "." });
}

/** Runs stages on a store that is gone afterwards, and hands what they made to `read`. */
export async function withStages<T>(
  stages: readonly Stage[],
  read: (results: StageResults) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "ltu-forget-"));
  try {
    return await read(await runStages(stages, await openStore(folder)));
  } finally {
    await rm(folder, { recursive: true });
  }
}
