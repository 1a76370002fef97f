import { add, clipByValue, tensor4d, tidy } from "@tensorflow/tfjs-core";

import { LtuError, type Rng } from "@ltu/core";

import type { QueryView } from "./audit-input.ts";
import type { ModelQuery } from "./model-queries.ts";

/** Options of {@link queryViews}. */
export interface QueryViewsOptions {
  readonly rng: Rng;
  /** Augmented views of each sample, drawn as in training; 0 or more. Data without augmentation have the image itself. */
  readonly augmentations: number;
  /** Standard deviations of Gaussian noise on images in [0, 1], each 0 or more; 0 asks about the image itself. None by default. */
  readonly noise?: readonly number[];
  /** Noisy copies at each strength above 0; 4 by default. */
  readonly copies?: number;
  /** Images in a forward pass; 256 by default. */
  readonly batchSize?: number;
}

/**
 * Asks a model about augmented and noisy copies of samples: what label-only attacks read. Evaluation mode.
 *
 * cost: (augmentations + copies x strengths) forward passes of each sample
 *
 * A sample gets the same augmentation and the same noise whatever model is asked, as long as `rng` and the batches are the
 * same.
 *
 * @returns The views; plain data, nothing to dispose.
 * @throws LtuError `OPTION`, `ABORTED`.
 */
export async function queryViews(
  { model, weights, batches, indexes, signal }: ModelQuery,
  { rng, augmentations, noise = [], copies = 4, batchSize = 256 }: QueryViewsOptions,
): Promise<QueryView[]> {
  for (const [name, value, least] of [
    ["augmentations", augmentations, 0],
    ["copies", copies, 1],
    ["batchSize", batchSize, 1],
  ] as const) {
    if (!Number.isInteger(value) || value < least) {
      throw new LtuError(
        "OPTION",
        `queryViews: ${name} must be a whole number of at least ${least}, found ${value}; change it.`,
      );
    }
  }
  const wrong = noise.find((strength) => !(strength >= 0 && Number.isFinite(strength)));
  if (wrong !== undefined) {
    throw new LtuError(
      "OPTION",
      `queryViews: noise must be of strengths from 0 on, found ${wrong}; change it.`,
    );
  }
  const asked = [
    ...Array.from({ length: augmentations }, (_, k) => ({
      noise: 0,
      augment: rng.split(`augmentation/${k}`),
    })),
    ...noise.flatMap((strength) =>
      Array.from({ length: strength === 0 ? 1 : copies }, (_, k) => ({
        noise: strength,
        noisy: rng.split(`noise/${strength}/${k}`),
      })),
    ),
  ];
  const views: QueryView[] = [];
  for (const view of asked) {
    const logits = new Float32Array(indexes.length * model.classes);
    const labels = new Int32Array(indexes.length);
    for (let start = 0; start < indexes.length; start += batchSize) {
      if (signal?.aborted === true)
        throw new LtuError("ABORTED", `queryViews: stopped after ${views.length} views.`);
      const augment = "augment" in view ? view.augment.split(start) : undefined;
      const batch = batches(indexes.slice(start, start + batchSize), { augment });
      try {
        labels.set(batch.labels, start);
        const output = tidy(() => {
          const { images } = batch;
          if (view.noise === 0 || !("noisy" in view))
            return model.apply(weights, images, { mode: "eval" }).logits;
          const normals = view.noisy.split(start).normals(images.size, view.noise);
          const moved = clipByValue(add(images, tensor4d(normals, images.shape)), 0, 1);
          return model.apply(weights, moved as typeof images, { mode: "eval" }).logits;
        });
        try {
          logits.set(await output.data(), start * model.classes);
        } finally {
          output.dispose();
        }
      } finally {
        batch.images.dispose();
      }
    }
    views.push({ noise: view.noise, outputs: { logits, labels, classes: model.classes } });
  }
  return views;
}
