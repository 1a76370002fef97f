import { describe, expect, it } from "vitest";

import { createRng, type Predictions } from "@ltu/core";

import { difficultyCalibrated } from "../../src/feedback/difficulty-calibrated.ts";
import { defaultRecipe } from "../../src/feedback/recipe.ts";
import { referenceTable } from "../../src/feedback/references.ts";

/** One sample a loss, of two classes, label 0; float64 so that numbers by hand keep their digits. */
function withLosses(losses: readonly number[]): Predictions {
  const logits = losses.flatMap((loss) => [-loss, Math.log(1 - Math.exp(-loss))]);
  return {
    logits: Float64Array.from(logits) as unknown as Float32Array,
    labels: new Int32Array(losses.length),
    classes: 2,
  };
}

describe("difficultyCalibrated", () => {
  it("keeps the mean loss of the reference models", () => {
    const { indexes, values } = referenceTable(difficultyCalibrated, {
      indexes: Int32Array.of(7, 3),
      models: [withLosses([1, 0.5]), withLosses([3, 0.7])],
      trainedOn: Int32Array.of(9),
    });
    expect(indexes).toEqual([7, 3]);
    expect(values[0]).toBeCloseTo(2, 12);
    expect(values[1]).toBeCloseTo(0.6, 12);
  });

  it("scores how far the loss lies below that of the reference models", () => {
    const outputs = { ...withLosses([0.5, 2]), reference: Float64Array.of(2, 2) };
    const scores = difficultyCalibrated.scoreFloat64?.({ threshold: 0.5, scale: 2 }, outputs);
    // (2 - 0.5 - 0.5) / 2 and (2 - 2 - 0.5) / 2.
    expect(scores?.[0]).toBeCloseTo(0.5, 12);
    expect(scores?.[1]).toBeCloseTo(-0.25, 12);
  });

  it("parts a difficult member from an easy non-member of the same loss", async () => {
    const members = { ...withLosses([0.5, 0.6]), reference: Float64Array.of(2.5, 3.6) };
    const nonMembers = { ...withLosses([0.5, 0.6]), reference: Float64Array.of(0.5, 1.6) };
    const options = { recipe: defaultRecipe, rng: createRng(1), onEpoch: () => undefined };
    const fitted = await difficultyCalibrated.fit({ members, nonMembers }, options);
    // Members are at 2 and 3, non-members at 0 and 1.
    expect(fitted.threshold).toBeCloseTo(1.5, 12);
    expect(fitted.scale).toBeCloseTo(0.5, 12);
  });
});
