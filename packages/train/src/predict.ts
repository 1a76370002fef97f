import { concat, dispose, tidy, type Tensor2D } from "@tensorflow/tfjs-core";

import {
  LtuError,
  type BatchSource,
  type IndexSet,
  type Model,
  type ModelWeights,
  type Predictions,
} from "@ltu/core";

import { checkModelAndData } from "./model-and-data.ts";
import { createTurn } from "./turn.ts";

/** Options of {@link predict}. */
export interface PredictOptions {
  /** Images in a forward pass; default 256. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The logits of an index set: eval mode, evaluation transform, in the order of the indexes, read back once.
 *
 * @returns Logits `[size, classes]` row-major and true labels as typed arrays; nothing to dispose.
 * @throws LtuError `OPTION` for an impossible batch size, `SHAPE` when model and data differ, `ABORTED` when the signal asks for it.
 */
export async function predict(
  model: Model,
  weights: ModelWeights,
  batches: BatchSource,
  indexes: IndexSet,
  { batchSize = 256, signal }: PredictOptions = {},
): Promise<Predictions> {
  checkModelAndData("predict", model, batches);
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new LtuError(
      "OPTION",
      `predict: batchSize must be a whole number of at least 1, found ${batchSize}; give another.`,
    );
  }
  const { classes } = model;
  const labels = new Int32Array(indexes.length);
  const turn = createTurn("predict", { signal });
  const parts: Tensor2D[] = [];
  try {
    for (let start = 0; start < indexes.length; start += batchSize) {
      await turn();
      const batch = batches(indexes.slice(start, start + batchSize));
      labels.set(batch.labels, start);
      try {
        parts.push(tidy(() => model.apply(weights, batch.images, { mode: "eval" }).logits));
      } finally {
        batch.images.dispose();
      }
    }
    if (parts.length === 0) return { logits: new Float32Array(0), labels, classes };
    const all = tidy(() => concat(parts, 0));
    try {
      return { logits: (await all.data()) as Float32Array, labels, classes };
    } finally {
      all.dispose();
    }
  } finally {
    dispose(parts);
  }
}
