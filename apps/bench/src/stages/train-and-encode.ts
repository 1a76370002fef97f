import { disposeParams, type IndexSet, type Rng } from "@ltu/core";
import type { StageContext } from "@ltu/runner";
import { fit } from "@ltu/train";

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

/** Trains a model by the experiment's recipe from fresh weights; the last epoch is kept. */
export async function trainAndEncode(
  { experiment, model, batches }: Pick<RunContext, "experiment" | "model" | "batches">,
  { data, init, rng, task }: TrainingRequest,
  { checkpoint, signal, onProgress }: Pick<StageContext, "checkpoint" | "signal" | "onProgress">,
): Promise<Uint8Array> {
  const start = model.init(init);
  try {
    const { weights, cost, history } = await fit({
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
    try {
      return await encodeModel({ weights, classes: model.classes, cost, history });
    } finally {
      [weights.params, weights.stats].forEach(disposeParams);
    }
  } finally {
    [start.params, start.stats].forEach(disposeParams);
  }
}
