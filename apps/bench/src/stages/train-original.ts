import type { Json, Stage } from "@ltu/runner";

import type { RunContext } from "../run-context.ts";
import { decodeSplits } from "./prepare.ts";
import { trainAndEncode } from "./train-and-encode.ts";

/** Trains the original model on the whole training set; the last epoch is kept. */
export function trainOriginalStage(context: RunContext, prepare: Stage): Stage {
  const { experiment, rng, ground } = context;
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
    run: async (stage) => {
      const { trainSet } = decodeSplits(await stage.artefact(prepare));
      return trainAndEncode(
        context,
        { data: trainSet, init: stream.split("init"), rng: stream, task: "train original" },
        stage,
      );
    },
  };
}
