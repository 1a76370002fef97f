import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { movingMean, thinSeries } from "../src/thin-series.ts";

describe("thinSeries", () => {
  it("gives a short series back with its positions", () => {
    expect(thinSeries([5, 7])).toEqual([
      { step: 1, value: 5 },
      { step: 2, value: 7 },
    ]);
    expect(thinSeries([])).toEqual([]);
  });

  it("takes the mean of equal stretches: (1+3)/2 at step 1.5, (5+7)/2 at step 3.5", () => {
    expect(thinSeries([1, 3, 5, 7], { points: 2 })).toEqual([
      { step: 1.5, value: 2 },
      { step: 3.5, value: 6 },
    ]);
  });

  it("has at most the points asked for, inside the range of the values", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 50 }),
        (values, points) => {
          const thin = thinSeries(values, { points });
          expect(thin.length).toBeLessThanOrEqual(points);
          for (const { step, value } of thin) {
            expect(step >= 1 && step <= values.length).toBe(true);
            expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
            expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
          }
        },
      ),
    );
  });
});

describe("movingMean", () => {
  it("is the mean over the last values", () => {
    expect(movingMean([1, 0, 0, 1], 2)).toEqual([1, 0.5, 0, 0.5]);
  });
});
