import { disposeParams } from "@ltu/core";
import { phiFloat64 } from "@ltu/mia";
import type { Difficulty } from "@ltu/mia/feedback";
import type { Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { decodeAccessibleRetain } from "./accessible-retain.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";
import { decodeSplits } from "./prepare.ts";
import { trainFresh, trainingInputs } from "./train-and-encode.ts";

/**
 * Trains one model by the original's recipe on the accessible retain set, and on nothing else, and keeps how it answers
 * validation set and forget set: how hard both are for a model that has seen neither. Test data are not read.
 */
export function trainDifficultyStage(
  context: RunContext,
  { prepare, accessible }: { readonly prepare: Stage; readonly accessible: Stage },
): Stage {
  const { model, batches } = context;
  const stream = context.rng.split("difficulty");
  const name = "train a model on the accessible retain set";
  return {
    name,
    inputs: trainingInputs(context, stream),
    dependsOn: [prepare, accessible],
    run: async ({ artefact, signal, onProgress }) => {
      const { valSet, forgetSet, request = forgetSet } = decodeSplits(await artefact(prepare));
      const data = decodeAccessibleRetain(await artefact(accessible));
      const { weights } = await trainFresh(
        context,
        { data, init: stream.split("init"), rng: stream, task: name },
        { signal, onProgress },
      );
      try {
        const phiOn = async (indexes: Int32Array): Promise<number[]> => [
          ...phiFloat64(await predict(model, weights, batches, indexes, { signal })),
        ];
        return encodeJson({
          nonMembers: await phiOn(valSet),
          forget: await phiOn(request),
        } satisfies Difficulty);
      } finally {
        [weights.params, weights.stats].forEach(disposeParams);
      }
    },
  };
}

/** What {@link trainDifficultyStage} kept. */
export function decodeDifficulty(bytes: Uint8Array): Difficulty {
  return decodeJson<{ nonMembers: number[]; forget: number[] }>(bytes);
}
