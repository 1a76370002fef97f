import { describe, expect, it } from "vitest";

import {
  challengeScore,
  epsilonPoints,
  forgettingQuality,
  isMissing,
  type ForgettingQuality,
} from "../src/index.ts";
import { normals, seeded } from "./random.ts";

const draw = (models: number, samples: number, seed: number, shift = 0) => ({
  values: normals(seeded(seed), models * samples).map((x) => x + shift),
  models,
  samples,
});
const quality = (...given: Parameters<typeof forgettingQuality>): ForgettingQuality => {
  const found = forgettingQuality(...given);
  if (isMissing(found)) throw new Error(found.detail);
  return found;
};

describe("forgettingQuality", () => {
  it("is the mean of the points of each sample", () => {
    const { points, perSample, forgetScore, samples } = quality(draw(32, 4, 1, 1), draw(32, 4, 2));
    expect(perSample).toHaveLength(4);
    expect(forgetScore).toBeCloseTo(points.reduce<number>((a, b) => a + (b ?? 0), 0) / 4, 12);
    expect(samples).toEqual({ scored: 4, missing: 0 });
  });

  it("reports what so many models can resolve: 512 of them end the points at 7", () => {
    const { resolution } = quality(draw(3, 1, 1), draw(512, 1, 2));
    expect(resolution).toMatchObject({ models: 3, smallestRate: 1 / 3, maxEpsilon: 1 });
    const many = quality(draw(512, 1, 1), draw(512, 1, 2)).resolution;
    expect(many.maxEpsilon).toBe(7);
    expect(many.largestFinite).toBeCloseTo(Math.log(511), 4);
  });

  it("leaves samples without an epsilon out of the mean and counts them", () => {
    const values = [0, 1, 1, 1, 2, 1];
    const found = quality({ values, models: 3, samples: 2 }, { values, models: 3, samples: 2 });
    expect(found.points).toEqual([1, null]);
    expect(found.samples).toEqual({ scored: 1, missing: 1 });
    const none = quality(
      { values: [1, 1, 1], models: 3, samples: 1 },
      { values: [1, 1, 1], models: 3, samples: 1 },
    );
    expect(none.forgetScore).toMatchObject({ reason: "DEGENERATE" });
    expect(none.epsilon.p95).toMatchObject({ reason: "DEGENERATE" });
  });

  it("needs three models a side and the same samples", () => {
    expect(forgettingQuality(draw(2, 3, 1), draw(9, 3, 2))).toMatchObject({ reason: "TOO_FEW_MODELS" });
    expect(() => forgettingQuality(draw(4, 3, 1), draw(4, 2, 2))).toThrow(/same samples, found 3 and 2/);
    expect(() => forgettingQuality({ values: [1], models: 4, samples: 2 }, draw(4, 2, 2))).toThrow(
      /4 x 2 numbers/,
    );
  });
});

describe("epsilonPoints", () => {
  it("halves with each bin and ends where the last whole bin does", () => {
    const points = [0, 0.49, 0.5, 0.99, 1, 1.9, 2, 50].map((epsilon) =>
      epsilonPoints(epsilon, { maxEpsilon: 2 }),
    );
    expect(points).toEqual([1, 1, 0.5, 0.5, 0.25, 0.125, 0, 0]);
    expect(() => epsilonPoints(Number.NaN, { maxEpsilon: 2 })).toThrow(/epsilon of at least 0/);
  });
});

describe("challengeScore", () => {
  it("scales F by what is left of both accuracies", () => {
    const accuracies = { unlearned: { retain: 90, test: 80 }, retrained: { retain: 100, test: 80 } };
    expect(challengeScore(0.5, accuracies)).toBeCloseTo(0.45, 12);
  });

  it("has a reason for a retrained accuracy of zero and refuses negative numbers", () => {
    const zero = { unlearned: { retain: 0, test: 1 }, retrained: { retain: 0, test: 1 } };
    expect(challengeScore(0.5, zero)).toMatchObject({ reason: "DEGENERATE" });
    expect(() => challengeScore(-1, zero)).toThrow(/at least 0, found -1/);
  });
});
