import { disposeParams, type IndexSet } from "@ltu/core";
import type { Stage } from "@ltu/runner";
import { predict } from "@ltu/train";

import type { RunContext } from "../run-context.ts";
import { decodeSplits, type PreparedSplits } from "../stages/prepare.ts";
import { decodeSets, describedAs, encodeSets, type SetOutputs } from "../stages/read-outputs.ts";
import { decodeModel } from "../stages/weights-artefact.ts";
import { shadowAudit, type AuditContext } from "./shadow-sets.ts";

/** What a shadow model is asked about: the targets, or besides them the images that stand for the population. */
export type ShadowQuestion = "targets" | "targets and population";

/** The images that shadow models are asked about, each once. */
export function askedOfShadows(
  context: AuditContext,
  splits: PreparedSplits,
  asks: ShadowQuestion,
): IndexSet {
  const { targets, sets } = shadowAudit(context, splits);
  return Int32Array.from([
    ...targets.scored,
    ...targets.fitting,
    ...(asks === "targets" ? [] : sets.population),
  ]);
}

/**
 * Reads the logits of one shadow model, once: evaluation mode, the evaluation transform of all audited models.
 *
 * @param context - That of the audited run.
 */
export function readShadowStage(
  { model, batches, ground, rng, forgotten }: RunContext,
  {
    prepare,
    weights,
    asks,
    label,
  }: {
    /** The sets of the audited run. */
    readonly prepare: Stage;
    readonly weights: Stage;
    readonly asks: ShadowQuestion;
    readonly label: string;
  },
): Stage {
  return {
    name: `read outputs: ${label}`,
    inputs: { ground, asks, audit: rng.key },
    dependsOn: [prepare, weights],
    run: async ({ artefact, signal }) => {
      const indexes = askedOfShadows({ rng, forgotten }, decodeSplits(await artefact(prepare)), asks);
      const { weights: read, classes } = decodeModel(await artefact(weights));
      const asked = classes === model.classes ? model : model.withClasses(classes);
      try {
        const outputs = await predict(asked, read, describedAs(batches, classes), indexes, { signal });
        return encodeSets([{ ...outputs, indexes }]);
      } finally {
        [read.params, read.stats].forEach(disposeParams);
      }
    },
  };
}

/**
 * The first of the outputs. Targets stand before the population, and an attack that pools over the table of its shadow
 * models must find the same table whether another one asks about the population or not.
 */
export function firstOutputs({ indexes, labels, logits, classes }: SetOutputs, count: number): SetOutputs {
  return {
    indexes: indexes.slice(0, count),
    labels: labels.slice(0, count),
    logits: logits.slice(0, count * classes),
    classes,
  };
}

/** The outputs that {@link readShadowStage} kept, bit for bit. */
export function decodeShadow(bytes: Uint8Array): SetOutputs {
  return decodeSets(bytes)[0] as SetOutputs;
}
