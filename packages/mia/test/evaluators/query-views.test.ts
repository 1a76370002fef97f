import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createRng, disposeParams, type ModelWeights } from "@ltu/core";

import { queryViews } from "../../src/evaluators/index.ts";
import { batchesOf, linearModel, weightsOf } from "./small-model.ts";

const batches = batchesOf([
  [0.25, 0.5],
  [0.5, 0.25],
  [0, 1],
]);
const indexes = Int32Array.of(0, 1, 2);
const rng = createRng(4);

describe("queryViews", () => {
  let weights: ModelWeights;
  beforeEach(() => {
    weights = weightsOf([1, 0, 0, 1]);
  });
  afterEach(() => disposeParams(weights.params));
  const query = () => ({ model: linearModel, weights, batches, indexes });

  it("asks about augmented views, the image itself, and noisy copies of each strength", async () => {
    const views = await queryViews(query(), { rng, augmentations: 8, noise: [0, 0.1, 0.2], copies: 2 });
    expect(views.map(({ noise }) => noise)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.1, 0.2, 0.2]);
    expect([...(views[8]?.outputs.logits ?? [])]).toEqual([0.25, 0.5, 0.5, 0.25, 0, 1]);
    // Augmented: the first pixel as it is, or 0.5 more; both occur.
    const firsts = new Set(views.slice(0, 8).map(({ outputs }) => outputs.logits[0]));
    expect(firsts).toEqual(new Set([0.25, 0.75]));
    const noisy = views[10]?.outputs.logits as Float32Array;
    expect([...noisy].every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(noisy).not.toEqual(views[9]?.outputs.logits);
  });

  it("asks every model the same, and the same again from the same seed", async () => {
    const options = { rng, augmentations: 2, noise: [0.3], copies: 1 };
    const first = await queryViews(query(), options);
    expect(await queryViews(query(), { ...options, rng: createRng(4) })).toEqual(first);
  });

  it.each([
    [{ augmentations: -1 }, "augmentations must be a whole number of at least 0"],
    [{ augmentations: 1, copies: 0 }, "copies must be a whole number of at least 1"],
    [{ augmentations: 1, noise: [-1] }, "strengths from 0 on, found -1"],
  ])("refuses %o", async (options, message) => {
    await expect(queryViews(query(), { rng, ...options })).rejects.toThrow(message);
  });

  it("stops when asked to", async () => {
    const stopped = queryViews({ ...query(), signal: AbortSignal.abort() }, { rng, augmentations: 1 });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ code: "ABORTED" }) as Error);
  });
});
