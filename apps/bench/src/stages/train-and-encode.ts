import { disposeParams, type IndexSet, type Rng } from "@ltu/core";
import type { Json, Stage, StageContext } from "@ltu/runner";
import { fit, type FitResult } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { encodeModel } from "./weights-artefact.ts";

/** What a model is trained on, and from which streams. */
export interface TrainingRequest {
  readonly data: IndexSet;
  readonly init: Rng;
  readonly rng: Rng;
  /** As shown while it runs. */
  readonly task: string;
}

type Training = Pick<RunContext, "experiment" | "model" | "batches">;
type Course = Pick<StageContext, "signal" | "onProgress"> & Partial<Pick<StageContext, "checkpoint">>;

/** What a trained model depends on beside its data, for the key of a stage. */
export function trainingInputs(
  { experiment, ground, modelIdentity }: Pick<RunContext, "experiment" | "ground" | "modelIdentity">,
  stream: Rng,
): Stage["inputs"] {
  return {
    model: modelIdentity,
    recipe: experiment.training,
    rng: stream.key,
    ground,
  } as unknown as Json;
}

/** Trains a model by the experiment's recipe from fresh weights; the last epoch is kept. The caller disposes it. */
export async function trainFresh(
  { experiment, model, batches }: Training,
  { data, init, rng, task }: TrainingRequest,
  { checkpoint, signal, onProgress }: Course,
): Promise<FitResult> {
  const start = model.init(init);
  try {
    return await fit({
      model,
      weights: start,
      batches,
      data,
      recipe: experiment.training,
      rng,
      task,
      checkpoint,
      signal,
      onProgress,
    });
  } finally {
    [start.params, start.stats].forEach(disposeParams);
  }
}

/** The same as the bytes of an artefact. */
export async function trainAndEncode(
  training: Training,
  request: TrainingRequest,
  course: Course,
): Promise<Uint8Array> {
  const { weights, cost, history } = await trainFresh(training, request, course);
  try {
    return await encodeModel({ weights, classes: training.model.classes, cost, history });
  } finally {
    [weights.params, weights.stats].forEach(disposeParams);
  }
}
