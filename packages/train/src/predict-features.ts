import { tidy } from "@tensorflow/tfjs-core";

import type { BatchSource, IndexSet, Model, ModelWeights } from "@ltu/core";

import { checkModelAndData } from "./model-and-data.ts";
import type { PredictOptions } from "./predict.ts";
import { createTurn } from "./turn.ts";

/** Features of some images, row after row. */
export interface PredictedFeatures {
  /** `[size, featureWidth]`, row-major, in the order of the indexes. */
  readonly features: Float32Array;
  readonly featureWidth: number;
}

/**
 * The penultimate features of an index set, which are the input of the last linear layer: eval mode, evaluation transform,
 * in the order of the indexes.
 *
 * @returns Typed arrays; nothing to dispose. No indexes give no features of width 0.
 * @throws LtuError `SHAPE` when model and data differ, `ABORTED` when the signal asks for it.
 */
export async function predictFeatures(
  model: Model,
  weights: ModelWeights,
  batches: BatchSource,
  indexes: IndexSet,
  { batchSize = 256, signal }: PredictOptions = {},
): Promise<PredictedFeatures> {
  checkModelAndData("predictFeatures", model, batches);
  const turn = createTurn("predictFeatures", { signal });
  let features = new Float32Array(0);
  let featureWidth = 0;
  for (let start = 0; start < indexes.length; start += batchSize) {
    await turn();
    const { images } = batches(indexes.slice(start, start + batchSize));
    const output = tidy(() => {
      const made = model.apply(weights, images, { mode: "eval" }).features;
      images.dispose();
      return made;
    });
    try {
      if (start === 0) {
        featureWidth = output.shape[1];
        features = new Float32Array(indexes.length * featureWidth);
      }
      features.set((await output.data()) as Float32Array, start * featureWidth);
    } finally {
      output.dispose();
    }
  }
  return { features, featureWidth };
}
