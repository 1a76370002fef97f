import { createRng } from "@ltu/core";
import { createBatches, type LoadedData } from "@ltu/datasets";

import { composeModel } from "./compose-model.ts";
import type { Experiment } from "./config.ts";
import { forgottenClass } from "./forget/forgotten-class.ts";
import type { RunContext } from "./run-context.ts";
import { runData } from "./run-data.ts";

/** What an experiment is bound to. */
export interface ContextRequest extends Pick<RunContext, "ground"> {
  readonly data: LoadedData;
  readonly seed: number;
  /** Where the experiment's file lies: the path of a model is relative to it. */
  readonly folder: string;
}

/** Binds an experiment to its data and seed. `ground` is what else decides numbers: engine, threads, versions. */
export async function createContext(
  experiment: Experiment,
  { data: loaded, seed, ground, folder }: ContextRequest,
): Promise<RunContext> {
  const splitSeed = experiment.splitSeed ?? seed;
  const data = runData(experiment, loaded, splitSeed);
  const { model, identity, notes } = await composeModel(experiment, data, { folder });
  const augmentation = experiment.training.augment ? data.augmentation : "none";
  return {
    experiment,
    seed,
    splitSeed,
    data,
    forgotten: forgottenClass(experiment, data),
    model,
    modelIdentity: identity,
    notes,
    batches: createBatches(data.dataset, { augmentation }),
    rng: createRng(seed),
    ground,
  };
}
