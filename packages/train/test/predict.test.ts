import { describe, expect, it } from "vitest";

import {
  createRng,
  disposeParams,
  type Batch,
  type BatchSource,
  type IndexSet,
  type ModelWeights,
} from "@ltu/core";
import { gaussianBatches } from "@ltu/testing";

import { predict } from "../src/index.ts";
import { tinyModel } from "./tiny-model.ts";

const batches = gaussianBatches(createRng(1), { size: 20, classes: 3 });
const model = tinyModel(3);

const withWeights = async (f: (weights: ModelWeights) => Promise<void>): Promise<void> => {
  const weights = model.init(createRng(2));
  try {
    await f(weights);
  } finally {
    [weights.params, weights.stats].forEach(disposeParams);
  }
};

describe("predict", () => {
  it("gives one row of logits for each index, in the order asked for", async () => {
    await withWeights(async (weights) => {
      const indexes = Int32Array.from([7, 3, 3, 19]);
      const { logits, labels, classes } = await predict(model, weights, batches, indexes);
      expect(classes).toBe(3);
      expect(logits).toHaveLength(12);
      expect([...labels]).toEqual([7 % 3, 0, 0, 19 % 3]);
      expect(logits.slice(3, 6)).toEqual(logits.slice(6, 9));
      const alone = await predict(model, weights, batches, Int32Array.from([19]));
      expect(alone.logits).toEqual(logits.slice(9));
    });
  });

  it("does not depend on the batch size: eval mode uses no statistics of the batch", async () => {
    await withWeights(async (weights) => {
      const indexes = Int32Array.from({ length: 20 }, (_, i) => i);
      const whole = await predict(model, weights, batches, indexes);
      for (const batchSize of [1, 3, 20]) {
        const parts = await predict(model, weights, batches, indexes, { batchSize });
        parts.logits.forEach((logit, i) => expect(logit).toBeCloseTo(whole.logits[i] as number, 5));
        expect(parts.labels).toEqual(whole.labels);
      }
    });
  });

  it("asks for the evaluation transform", async () => {
    const streams: unknown[] = [];
    const spy: BatchSource = Object.assign(
      (indexes: IndexSet, options?: Parameters<BatchSource>[1]): Batch => {
        streams.push(options?.augment);
        return batches(indexes);
      },
      { imageShape: batches.imageShape, classes: batches.classes },
    );
    await withWeights(async (weights) => {
      await predict(model, weights, spy, Int32Array.from([1, 2, 3]), { batchSize: 2 });
    });
    expect(streams).toEqual([undefined, undefined]);
  });

  it("gives empty predictions of an empty set", async () => {
    await withWeights(async (weights) => {
      const { logits, labels } = await predict(model, weights, batches, new Int32Array(0));
      expect([logits.length, labels.length]).toEqual([0, 0]);
    });
  });

  it("refuses data of other classes, an impossible batch size, and stops when asked", async () => {
    await withWeights(async (weights) => {
      const indexes = Int32Array.from([1]);
      await expect(predict(model.withClasses(4), weights, batches, indexes)).rejects.toMatchObject({
        code: "SHAPE",
      });
      await expect(predict(model, weights, batches, indexes, { batchSize: 0 })).rejects.toThrow(
        /batchSize must be/,
      );
      await expect(
        predict(model, weights, batches, indexes, { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({
        code: "ABORTED",
      });
    });
  });
});
