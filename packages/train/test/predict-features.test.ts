import { describe, expect, it } from "vitest";

import { createRng, disposeParams } from "@ltu/core";
import { gaussianBatches } from "@ltu/testing";

import { predictFeatures } from "../src/index.ts";
import { tinyModel } from "./tiny-model.ts";

const batches = gaussianBatches(createRng(1), { size: 20, classes: 3 });
const model = tinyModel(3);

describe("predictFeatures", () => {
  it("gives the input of the last layer, row after row in the order asked for, whatever the batch", async () => {
    const weights = model.init(createRng(2));
    try {
      const indexes = Int32Array.from([7, 3, 3, 19]);
      const { features, featureWidth } = await predictFeatures(model, weights, batches, indexes);
      expect(features).toHaveLength(4 * featureWidth);
      const row = (i: number): Float32Array => features.slice(i * featureWidth, (i + 1) * featureWidth);
      expect(row(1)).toEqual(row(2));
      expect(row(0)).not.toEqual(row(1));
      const small = await predictFeatures(model, weights, batches, indexes, { batchSize: 1 });
      small.features.forEach((value, i) => expect(value).toBeCloseTo(features[i] as number, 5));
      const { images } = batches(Int32Array.of(7));
      const direct = model.apply(weights, images, { mode: "eval" });
      (await direct.features.data()).forEach((value, i) => expect(row(0)[i]).toBeCloseTo(value, 5));
      [images, direct.features, direct.logits].forEach((tensor) => tensor.dispose());
    } finally {
      [weights.params, weights.stats].forEach(disposeParams);
    }
  });

  it("stops when the signal asks for it", async () => {
    const weights = model.init(createRng(2));
    try {
      const signal = AbortSignal.abort();
      await expect(
        predictFeatures(model, weights, batches, Int32Array.of(1), { signal }),
      ).rejects.toMatchObject({ code: "ABORTED" });
    } finally {
      [weights.params, weights.stats].forEach(disposeParams);
    }
  });
});
