import { describe, expect, it } from "vitest";

import { fitSide } from "../../src/evaluators/index.ts";
import { oneSample } from "./shadows.ts";

describe("fitSide", () => {
  it("has mean, median and spread of one side's models", () => {
    const shadows = oneSample([1, 2, 6], [0, 4]);
    expect(fitSide(shadows, 1).locations[0]).toBe(3);
    expect(fitSide(shadows, 1, { location: "median" }).locations[0]).toBe(2);
    expect(fitSide(shadows, 1).spreads[0]).toBeCloseTo(Math.sqrt(14 / 3), 12);
    // The spread is around the mean in both cases.
    expect(fitSide(shadows, 1, { location: "median" }).spreads[0]).toBeCloseTo(Math.sqrt(14 / 3), 12);
    expect([...fitSide(shadows, 0).counts]).toEqual([2]);
    expect(fitSide(shadows, 0).spreads[0]).toBe(2);
  });

  it("pools residuals, not raw values: two quiet samples far apart have a small spread", () => {
    const shadows = {
      // Two models, two samples: 10 and 12 for the first, -10 and -12 for the second.
      values: Float64Array.of(10, -10, 12, -12),
      sides: Int8Array.of(1, 1, 1, 1),
      samples: 2,
    };
    expect(fitSide(shadows, 1).pooledSpread).toBeCloseTo(1, 12);
  });

  it("subtracts the mean of all residuals once more, as medians leave one", () => {
    // Residuals from the median 2: -1, 0, 4; their mean is 1, so the variance is (4 + 1 + 9) / 3.
    expect(fitSide(oneSample([1, 2, 6], [0]), 1, { location: "median" }).pooledSpread).toBeCloseTo(
      Math.sqrt(14 / 3),
      12,
    );
  });

  it("finds a spread of exactly 0 where all models agree, and none where there is no model", () => {
    const side = fitSide(oneSample([0.1, 0.1, 0.1], []), 1);
    expect(side.spreads[0]).toBe(0);
    const none = fitSide(oneSample([0.1], []), 0);
    expect([none.counts[0], none.locations[0], none.pooledSpread]).toEqual([0, 0, 0]);
  });
});
