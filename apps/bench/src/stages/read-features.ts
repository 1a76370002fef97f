import { disposeParams } from "@ltu/core";
import type { Features } from "@ltu/datasets";
import type { Stage } from "@ltu/runner";
import { predictFeatures } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { decodeCut } from "./cut-sets.ts";
import { decodeModel } from "./weights-artefact.ts";

/** Reads the penultimate features of the training images under the original model: evaluation mode and transform. */
export function readFeaturesStage(
  { model, batches, ground }: RunContext,
  { cut, original }: { readonly cut: Stage; readonly original: Stage },
): Stage {
  return {
    name: "read features of the original",
    inputs: { ground },
    dependsOn: [cut, original],
    run: async ({ artefact, signal }) => {
      const { trainSet } = decodeCut(await artefact(cut));
      const { weights } = decodeModel(await artefact(original));
      try {
        const read = await predictFeatures(model, weights, batches, trainSet, { signal });
        const bytes = new Uint8Array(4 + read.features.byteLength);
        new DataView(bytes.buffer).setInt32(0, read.featureWidth, true);
        bytes.set(
          new Uint8Array(read.features.buffer, read.features.byteOffset, read.features.byteLength),
          4,
        );
        return bytes;
      } finally {
        [weights.params, weights.stats].forEach(disposeParams);
      }
    },
  };
}

/** The features that {@link readFeaturesStage} kept, bit for bit. */
export function decodeFeatures(bytes: Uint8Array): Features {
  const { buffer } = Uint8Array.from(bytes);
  return { featureWidth: new DataView(buffer).getInt32(0, true), features: new Float32Array(buffer, 4) };
}
