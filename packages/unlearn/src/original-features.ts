import { tidy } from "@tensorflow/tfjs-core";

import type { BatchSource, IndexSet, Model, ModelWeights } from "@ltu/core";

const batchSize = 256;

/** Features by the index of a sample: `features[index * featureWidth]` and the following. */
export interface OriginalFeatures {
  readonly features: Float32Array;
  readonly featureWidth: number;
}

/**
 * The features of samples under the original weights, as the sampler `nearForget` reads them: the input of the last layer
 * in eval mode, evaluation transform, sample `index` at `index * featureWidth`.
 *
 * @param turn - Awaited before each batch.
 */
export async function originalFeatures(
  {
    model,
    original,
    batches,
  }: { readonly model: Model; readonly original: ModelWeights; readonly batches: BatchSource },
  indexes: IndexSet,
  turn: () => Promise<void>,
): Promise<OriginalFeatures> {
  let features = new Float32Array(0);
  let featureWidth = 0;
  const rows = indexes.reduce((a, b) => Math.max(a, b), -1) + 1;
  for (let start = 0; start < indexes.length; start += batchSize) {
    await turn();
    const part = indexes.slice(start, start + batchSize);
    const { images } = batches(part);
    const output = tidy(() => {
      const made = model.apply(original, images, { mode: "eval" }).features;
      images.dispose();
      return made;
    });
    try {
      const values = await output.data();
      if (featureWidth === 0) {
        featureWidth = output.shape[1];
        features = new Float32Array(rows * featureWidth);
      }
      part.forEach((index, i) => {
        const row = values.subarray(i * featureWidth, (i + 1) * featureWidth);
        features.set(row, index * featureWidth);
      });
    } finally {
      output.dispose();
    }
  }
  return { features, featureWidth };
}
