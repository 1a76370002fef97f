import type { Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import { decodeSplits } from "./prepare.ts";
import { trainAndEncode, trainingInputs } from "./train-and-encode.ts";

/** Trains the original model on the whole training set; the last epoch is kept. */
export function trainOriginalStage(context: RunContext, prepare: Stage, name = "train original"): Stage {
  const stream = context.rng.split("train-original");
  return {
    name,
    inputs: trainingInputs(context, stream),
    dependsOn: [prepare],
    run: async (stage) => {
      const { trainSet } = decodeSplits(await stage.artefact(prepare));
      return trainAndEncode(
        context,
        { data: trainSet, init: stream.split("init"), rng: stream, task: name },
        stage,
      );
    },
  };
}
