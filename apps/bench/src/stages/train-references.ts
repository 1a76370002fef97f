import { disposeParams, type IndexSet, type Predictions } from "@ltu/core";
import type { ReferenceOutputs } from "@ltu/mia/feedback";
import type { Json, Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { decodeAccessibleRetain } from "./accessible-retain.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";
import { decodeSplits } from "./prepare.ts";
import { trainFresh, trainingInputs } from "./train-and-encode.ts";

/**
 * Trains reference models by the original's recipe on a random part of the validation set, and on nothing else, and
 * keeps their outputs on accessible retain set, validation set and forget set. What is to be forgotten is only looked
 * at, never trained on.
 */
export function trainReferencesStage(
  context: RunContext,
  { prepare, accessible }: { readonly prepare: Stage; readonly accessible: Stage },
): Stage {
  const { model, batches } = context;
  const stream = context.rng.split("references");
  const { models, share } = context.experiment.references;
  return {
    name: `train ${models} reference models`,
    inputs: { ...(trainingInputs(context, stream) as Record<string, Json>), models, share },
    dependsOn: [prepare, accessible],
    run: async ({ artefact, signal, onProgress }) => {
      const { valSet, forgetSet } = decodeSplits(await artefact(prepare));
      const accessibleRetain = decodeAccessibleRetain(await artefact(accessible));
      const trainedOn = stream.split("trained-on").choice(valSet, Math.ceil(share * valSet.length));
      const indexes = Int32Array.from([...accessibleRetain, ...valSet, ...forgetSet]);
      const outputs: Predictions[] = [];
      for (let m = 0; m < models; m++) {
        const own = stream.split(`model/${m}`);
        const task = `reference model ${m + 1} of ${models}`;
        const { weights } = await trainFresh(
          context,
          { data: trainedOn, init: own.split("init"), rng: own, task },
          { signal, onProgress },
        );
        try {
          outputs.push(await predict(model, weights, batches, indexes, { signal }));
        } finally {
          [weights.params, weights.stats].forEach(disposeParams);
        }
      }
      return encodeReferences({ indexes, models: outputs, trainedOn });
    },
  };
}

/** Reference outputs as bytes; float32 numbers survive their decimal form. */
function encodeReferences({ indexes, models, trainedOn }: ReferenceOutputs): Uint8Array {
  const plain = models.map(({ logits, labels, classes }) => ({
    logits: [...logits],
    labels: [...labels],
    classes,
  }));
  return encodeJson({ indexes: [...indexes], models: plain, trainedOn: [...trainedOn] });
}

/** The outputs that {@link trainReferencesStage} kept. */
export function decodeReferences(bytes: Uint8Array): ReferenceOutputs {
  const { indexes, models, trainedOn } = decodeJson<{
    indexes: number[];
    models: { logits: number[]; labels: number[]; classes: number }[];
    trainedOn: number[];
  }>(bytes);
  const set = (numbers: number[]): IndexSet => Int32Array.from(numbers);
  return {
    indexes: set(indexes),
    models: models.map(({ logits, labels, classes }) => ({
      logits: Float32Array.from(logits),
      labels: set(labels),
      classes,
    })),
    trainedOn: set(trainedOn),
  };
}
