import { createRng } from "@ltu/core";
import { createBatches, type LoadedData } from "@ltu/datasets";

import { composeModel } from "./compose-model.ts";
import type { Experiment } from "./config.ts";
import type { RunContext } from "./run-context.ts";

/** Binds an experiment to its data and seed. `ground` is what else decides numbers: engine, threads, versions. */
export function createContext(
  experiment: Experiment,
  { data, seed, ground }: { readonly data: LoadedData; readonly seed: number } & Pick<RunContext, "ground">,
): RunContext {
  const augmentation = experiment.training.augment ? data.augmentation : "none";
  return {
    experiment,
    seed,
    splitSeed: experiment.splitSeed ?? seed,
    data,
    model: composeModel(experiment, data),
    batches: createBatches(data.dataset, { augmentation }),
    rng: createRng(seed),
    ground,
  };
}
