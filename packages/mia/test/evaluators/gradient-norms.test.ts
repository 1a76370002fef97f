import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { disposeParams, type ModelWeights } from "@ltu/core";

import { auditInput, gradientNorm, gradientNorms, hasScores } from "../../src/evaluators/index.ts";
import { samplesWith } from "./shadow-table.ts";
import { batchesOf, linearModel, weightsOf } from "./small-model.ts";

const batches = batchesOf([
  [1, 0],
  [0.5, 0.5],
  [0, 1],
]);
const indexes = Int32Array.of(0, 1, 2);

describe("gradientNorms", () => {
  let weights: ModelWeights;
  beforeEach(() => {
    weights = weightsOf([1, 0, 0, 1]);
  });
  afterEach(() => disposeParams(weights.params));

  it("is |p - y| |x| for a linear model, each sample its own, whatever the batch", async () => {
    // Logits are the pixels, label 0: p_1 = 1 / (1 + exp(x_0 - x_1)), and |p - y| = sqrt(2) p_1.
    const expected = [
      [1, 0],
      [0.5, 0.5],
      [0, 1],
    ].map(
      ([a, b]) =>
        (Math.SQRT2 * Math.hypot(a as number, b as number)) / (1 + Math.exp((a as number) - (b as number))),
    );
    for (const batchSize of [1, 2, 64]) {
      const norms = await gradientNorms({ model: linearModel, weights, batches, indexes }, { batchSize });
      expect(norms).toHaveLength(3);
      norms.forEach((norm, i) => expect(norm).toBeCloseTo(expected[i] as number, 5));
    }
  });

  it("can be that of some parameters alone", async () => {
    const query = { model: linearModel, weights, batches, indexes };
    const unused = await gradientNorms(query, { parameters: (name) => name === "unused" });
    expect([...unused]).toEqual([0, 0, 0]);
    await expect(gradientNorms(query, { parameters: () => false })).rejects.toThrow(
      "found none of w, unused",
    );
  });

  it("refuses a model that has diverged, and stops when asked to", async () => {
    const broken = weightsOf([Number.NaN, 0, 0, 1]);
    try {
      await expect(gradientNorms({ model: linearModel, weights: broken, batches, indexes })).rejects.toThrow(
        "norms must be finite",
      );
    } finally {
      disposeParams(broken.params);
    }
    const stopped = { model: linearModel, weights, batches, indexes, signal: AbortSignal.abort() };
    await expect(gradientNorms(stopped)).rejects.toThrow(
      expect.objectContaining({ code: "ABORTED" }) as Error,
    );
  });
});

describe("gradientNorm", () => {
  it("scores a small gradient higher", () => {
    const input = auditInput({ score: { ...samplesWith([1, 1]), gradientNorms: [0.1, 3] } });
    const result = gradientNorm().evaluate(input);
    expect(hasScores(result) && [...result.scores]).toEqual([-0.1, -3]);
  });
});
