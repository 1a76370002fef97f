import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bestThreshold, fitThreshold, thresholdProblem } from "../../src/feedback/fit-threshold.ts";

const of = (...values: number[]): Float64Array => Float64Array.from(values);

/** (TPR + TNR) / 2 of "member where value >= threshold". */
function balancedAccuracy(members: Float64Array, nonMembers: Float64Array, threshold: number): number {
  const above = (values: Float64Array): number =>
    values.filter((value) => value >= threshold).length / values.length;
  return (above(members) + 1 - above(nonMembers)) / 2;
}

describe("bestThreshold", () => {
  it("stands half way between the values that it parts", () => {
    expect(bestThreshold(of(5, 7), of(1, 2))).toBe(3.5);
  });

  it("finds the part of the golden case `tiny` of mia-thresholds, where 0.8 is the least member value", () => {
    expect(bestThreshold(of(0.9, 0.8, 0.4), of(0.7, 0.4, 0.1, 0.05))).toBe(0.75);
  });

  it("takes the lowest of several that part equally well", () => {
    // 2.5 and 4.5 both have TPR - FPR = 2/3.
    expect(bestThreshold(of(3, 5, 6), of(1, 2, 4))).toBe(2.5);
  });

  it("is the value itself where all are equal", () => {
    expect(bestThreshold(of(2, 2), of(2))).toBe(2);
  });

  it("has a balanced accuracy that no other threshold between two values beats", () => {
    const values = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [members, nonMembers] = [of(...a), of(...b)];
        const found = balancedAccuracy(members, nonMembers, bestThreshold(members, nonMembers));
        const lowest = Math.min(...a, ...b);
        for (const other of [...a, ...b].filter((value) => value > lowest)) {
          expect(found).toBeGreaterThanOrEqual(balancedAccuracy(members, nonMembers, other) - 1e-9);
        }
      }),
      { seed: 1 },
    );
  });
});

describe("fitThreshold", () => {
  it("takes its scale from the non-members alone", () => {
    expect(fitThreshold(of(5, 100), of(1, 3))).toEqual({ threshold: 4, scale: 1 });
    expect(fitThreshold(of(5), of(-2, 2))).toEqual({ threshold: 3.5, scale: 2 });
    expect(fitThreshold(of(5), of(2, 2)).scale).toBe(1);
  });

  it("knows numbers that cannot be its own", () => {
    expect(thresholdProblem({ threshold: 0, scale: 1 })).toBeUndefined();
    expect(thresholdProblem({ threshold: 0, scale: -1 })).toMatch(/positive scale/u);
  });
});
