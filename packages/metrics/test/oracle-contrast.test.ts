import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isMissing, oracleContrast } from "../src/index.ts";

describe("oracleContrast", () => {
  it("is Welch's interval of the difference of means", () => {
    // Variances 1 and 4, three each: 5/3 within, df = (5/3)^2 / (1/18 + 16/18) = 50/17; t(2.94, 0.975) = 3.22.
    const found = oracleContrast([9, 10, 11], [3, 5, 7]) as {
      difference: number;
      low: number;
      signal: boolean;
    };
    expect(found.difference).toBe(5);
    expect(found.low).toBeCloseTo(5 - 3.22 * Math.sqrt(5 / 3), 1);
    expect(found.signal).toBe(true);
  });

  it("marks no signal where the interval holds 0", () => {
    expect(oracleContrast([5, 6], [5.2, 5.8])).toMatchObject({ signal: false });
    expect(oracleContrast([5, 5], [5, 5])).toMatchObject({ signal: false, difference: 0 });
  });

  it("lets the oracles' spread stand for that of a single original", () => {
    expect(oracleContrast([100], [94.8, 95.4, 95.3])).toMatchObject({
      signal: true,
      originals: 1,
      oracles: 3,
    });
    expect(oracleContrast([95.1], [94.8, 95.4, 95.3])).toMatchObject({ signal: false });
    expect(oracleContrast([1], [2])).toMatchObject({ reason: "TOO_FEW_MODELS" });
  });

  it("is never NaN, whatever the numbers and the confidence", () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true });
    const side = fc.array(any, { minLength: 1, maxLength: 4 });
    const confidences = fc.double({ min: 1e-300, max: 1 - 1e-12, noNaN: true });
    const huge = Number.MAX_VALUE;
    fc.assert(
      fc.property(side, side, confidences, (originals, oracles, confidence) => {
        const found = oracleContrast(originals, oracles, { confidence });
        if (isMissing(found)) return;
        for (const number of [found.difference, found.low, found.high]) expect(number).not.toBeNaN();
      }),
      { examples: [[[-huge, huge], [0], 1e-300]] },
    );
    expect(oracleContrast([-huge, huge], [0])).toMatchObject({ reason: "DEGENERATE" });
  });

  it("refuses empty sides", () => {
    expect(() => oracleContrast([], [1, 2])).toThrow(/at least one number in originals/);
  });
});
