import { disposeParams } from "@ltu/core";
import type { Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { decodeSplits } from "./prepare.ts";
import { encodeSets } from "./read-outputs.ts";

/** Reads the logits of ZRF's incompetent teacher on the forget set: the model with fresh weights, which knows nothing. */
export function readTeacherStage(
  { model, modelIdentity, batches, rng, ground }: RunContext,
  prepare: Stage,
): Stage {
  const stream = rng.split("incompetent-teacher");
  return {
    name: "read outputs: incompetent teacher",
    inputs: { model: modelIdentity, rng: stream.key, ground },
    dependsOn: [prepare],
    run: async ({ artefact, signal }) => {
      const { forgetSet } = decodeSplits(await artefact(prepare));
      const weights = model.init(stream);
      try {
        const outputs = await predict(model, weights, batches, forgetSet, { signal });
        return encodeSets([{ ...outputs, indexes: forgetSet }]);
      } finally {
        [weights.params, weights.stats].forEach(disposeParams);
      }
    },
  };
}
