import { describe, expect, it } from "vitest";

import { featuresFloat64, featureWidth, fitScaling, scaleFloat64 } from "../../src/feedback/features.ts";
import { outputs } from "../outputs.ts";

describe("features", () => {
  it("stand side by side, one row a sample", () => {
    const predictions = {
      logits: Float32Array.of(Math.log(3), 0, 0, 0),
      labels: Int32Array.of(0, 1),
      classes: 2,
    };
    const features = featuresFloat64(["topProbabilities", "trueProbability"], predictions);
    expect(featureWidth(["topProbabilities", "trueProbability"], 2)).toBe(3);
    [0.75, 0.25, 0.75, 0.5, 0.5, 0.5].forEach((value, k) => expect(features[k]).toBeCloseTo(value, 6));
  });

  it("take at most ten sorted probabilities", () => {
    expect(featureWidth(["topProbabilities"], 100)).toBe(10);
  });

  it("have mean 0 and spread 1 over the rows that fitted the scaling, and over those only", () => {
    const features = featuresFloat64(["phi", "margin"], outputs("scaling", { size: 50, margin: 2 }));
    const rows = Int32Array.from({ length: 30 }, (_, i) => i);
    const scaled = scaleFloat64(features, fitScaling(features, 2, rows));
    for (const c of [0, 1]) {
      const column = [...rows].map((row) => scaled[2 * row + c] as number);
      const mean = column.reduce((a, b) => a + b, 0) / 30;
      expect(mean).toBeCloseTo(0, 10);
      expect(column.reduce((total, value) => total + value * value, 0) / 30).toBeCloseTo(1, 10);
    }
    expect(scaled.subarray(60).reduce((a, b) => a + b, 0)).not.toBeCloseTo(0, 3);
  });

  it("leave a feature that does not vary at 0 instead of dividing by nothing", () => {
    const { spread } = fitScaling(Float64Array.of(4, 1, 4, 2), 2, Int32Array.of(0, 1));
    expect(spread[0]).toBe(1);
    expect([...scaleFloat64(Float64Array.of(4, 1), { mean: [4, 1], spread })]).toEqual([0, 0]);
  });
});
