import { disposeParams, isLtuError, type IndexSet, type Rng } from "@ltu/core";
import type { Missing } from "@ltu/report";
import { lossFloat64 } from "@ltu/mia";
import type { Json, Stage } from "@ltu/runner";
import { createTurn, predict, sgd, trainStep } from "@ltu/train";

import type { RelearnConfig } from "../audit-config.ts";
import type { RunContext } from "../run-context.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";
import { decodeSplits } from "./prepare.ts";
import { describedAs } from "./read-outputs.ts";
import { decodeModel } from "./weights-artefact.ts";

/** The mean loss on the forget set before any step, after the first, and so on; or why there is none. */
export type RelearnCurve = { readonly losses: readonly number[] } | Missing;

/**
 * Trains a model on the forget set for a fixed number of steps, and measures the loss on all of it before each and after
 * the last, in evaluation mode. Optimizer, batches and their order are the same for every model.
 */
export function relearnStage(
  { model, batches, rng, ground }: RunContext,
  {
    prepare,
    weights: trained,
    label,
    recipe,
  }: {
    readonly prepare: Stage;
    readonly weights: Stage;
    readonly label: string;
    readonly recipe: RelearnConfig;
  },
): Stage {
  const stream = rng.split("relearn");
  const { steps, batchSize, lr, momentum } = recipe;
  return {
    name: `relearn: ${label}`,
    inputs: { recipe: { ...recipe } as unknown as Json, rng: stream.key, ground },
    dependsOn: [prepare, trained],
    run: async ({ artefact, signal, onProgress }) => {
      const { forgetSet } = decodeSplits(await artefact(prepare));
      const read = decodeModel(await artefact(trained));
      const own = read.classes === model.classes ? model : model.withClasses(read.classes);
      const source = describedAs(batches, read.classes);
      const task = `relearn: ${label}`;
      const turn = createTurn(task, { signal });
      let { weights } = read;
      let velocity = sgd.init(weights.params);
      const losses: number[] = [];
      const measure = async (): Promise<void> => {
        const values = lossFloat64(await predict(own, weights, source, forgetSet, { signal }));
        losses.push(values.reduce((a, b) => a + b, 0) / values.length);
      };
      try {
        await measure();
        for (const [step, indexes] of batchesOf(forgetSet, { steps, batchSize, rng: stream }).entries()) {
          await turn();
          const { images, labels } = source(indexes);
          try {
            const next = trainStep(
              { model: own, weights, velocity, batches: [{ images, labels, indexes }] },
              { lr, momentum, weightDecay: 0 },
            );
            [weights.params, weights.stats, velocity].forEach(disposeParams);
            next.loss.dispose();
            ({ weights, velocity } = next);
          } finally {
            images.dispose();
          }
          await measure();
          onProgress({ task, step: step + 1, steps, values: { loss: losses.at(-1) as number } });
        }
        return encodeJson({ losses } satisfies RelearnCurve);
      } catch (error) {
        // A model whose outputs are not finite has no loss.
        if (!isLtuError(error) || error.code !== "DATA") throw error;
        return encodeJson({ reason: "FAILED", detail: error.message } satisfies RelearnCurve);
      } finally {
        [weights.params, weights.stats, velocity].forEach(disposeParams);
      }
    },
  };
}

/** The curve that {@link relearnStage} kept. */
export function decodeCurve(bytes: Uint8Array): RelearnCurve {
  return decodeJson<RelearnCurve>(bytes);
}

/** Batches of epochs, each of which visits every image once in an order of its own. */
function batchesOf(
  forgetSet: IndexSet,
  { steps, batchSize, rng }: { readonly steps: number; readonly batchSize: number; readonly rng: Rng },
): IndexSet[] {
  const found: IndexSet[] = [];
  for (let epoch = 0; found.length < steps; epoch++) {
    const order = rng.split(`epoch/${epoch}`).choice(forgetSet, forgetSet.length);
    for (let at = 0; at < order.length && found.length < steps; at += batchSize)
      found.push(order.slice(at, at + batchSize));
  }
  return found;
}
