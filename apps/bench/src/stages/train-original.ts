import type { Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import { decodeCut } from "./cut-sets.ts";
import { trainAndEncode, trainingInputs } from "./train-and-encode.ts";

/**
 * Trains the original model on the whole training set; the last epoch is kept. It depends on nothing that is forgotten: all
 * forget sets of the same data, seed and recipe share it.
 */
export function trainOriginalStage(context: RunContext, cut: Stage, name = "train original"): Stage {
  const stream = context.rng.split("train-original");
  return {
    name,
    inputs: trainingInputs(context, stream),
    dependsOn: [cut],
    run: async (stage) => {
      const { trainSet } = decodeCut(await stage.artefact(cut));
      return trainAndEncode(
        context,
        { data: trainSet, init: stream.split("init"), rng: stream, task: name },
        stage,
      );
    },
  };
}
