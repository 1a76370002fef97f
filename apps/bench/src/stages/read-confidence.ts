import { disposeParams } from "@ltu/core";
import { phiFloat64 } from "@ltu/mia";
import type { Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { decodeCut } from "./cut-sets.ts";
import { encodeJson } from "./json-artefact.ts";
import { describedAs } from "./read-outputs.ts";
import { decodeModel } from "./weights-artefact.ts";

/**
 * Reads how unsure an unlearned model is of each training image: -phi = log((1 - p_y) / p_y), which ranks images as the
 * loss does, and still tells them apart where the loss is nothing but 0.
 */
export function readConfidenceStage(
  { model, batches, ground }: RunContext,
  { cut, weights, round }: { readonly cut: Stage; readonly weights: Stage; readonly round: number },
): Stage {
  return {
    name: `worst case, round ${round}: score the training images`,
    inputs: { ground },
    dependsOn: [cut, weights],
    run: async ({ artefact, signal }) => {
      const { trainSet } = decodeCut(await artefact(cut));
      const { weights: read, classes } = decodeModel(await artefact(weights));
      const audited = classes === model.classes ? model : model.withClasses(classes);
      try {
        const outputs = await predict(audited, read, describedAs(batches, classes), trainSet, { signal });
        return encodeJson(Array.from(phiFloat64(outputs), (phi) => -phi));
      } finally {
        [read.params, read.stats].forEach(disposeParams);
      }
    },
  };
}
