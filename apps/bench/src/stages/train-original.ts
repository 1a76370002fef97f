import { disposeParams } from "@ltu/core";
import type { Json, Stage } from "@ltu/runner";
import { fit } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { decodeSplits } from "./prepare.ts";
import { encodeModel } from "./weights-artefact.ts";

/** Trains the original model on the whole training set; the last epoch is kept. */
export function trainOriginalStage(
  { experiment, model, batches, rng, ground }: RunContext,
  prepare: Stage,
): Stage {
  const stream = rng.split("train-original");
  return {
    name: "train original",
    inputs: {
      model: { ...experiment.model },
      recipe: experiment.training,
      rng: stream.key,
      ground,
    } as unknown as Json,
    dependsOn: [prepare],
    run: async ({ artefact, checkpoint, signal, onProgress }) => {
      const { trainSet } = decodeSplits(await artefact(prepare));
      const start = model.init(stream.split("init"));
      try {
        const { weights, cost, history } = await fit({
          model,
          weights: start,
          batches,
          data: trainSet,
          recipe: experiment.training,
          rng: stream,
          task: "train original",
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
    },
  };
}
