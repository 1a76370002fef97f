import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { inOracleUnits, isMissing } from "../src/index.ts";

describe("inOracleUnits", () => {
  it("divides the distance to the mean by the spread, and bands one more oracle", () => {
    const found = inOracleUnits(3, [4, 5, 6]);
    expect(found).toMatchObject({ sds: -2, mean: 5, sd: 1, within: true, oracles: 3 });
    // t quantile 4.303 of 2 degrees of freedom, times the root of 1 + 1/3.
    expect((found as { low: number }).low).toBeCloseTo(5 - 4.303 * Math.sqrt(4 / 3), 2);
    expect(inOracleUnits(20, [4, 5, 6])).toMatchObject({ within: false });
    // With 2 degrees of freedom p = 1 - t / sqrt(2 + t^2); here t = 2 / sqrt(4/3) = sqrt(3).
    expect((found as { p: number }).p).toBeCloseTo(1 - Math.sqrt(3 / 5), 9);
    expect(inOracleUnits(5, [4, 5, 6])).toMatchObject({ sds: 0, p: 1 });
  });

  it("has reasons for one oracle and for oracles that are all alike", () => {
    expect(inOracleUnits(1, [1])).toMatchObject({ reason: "TOO_FEW_MODELS" });
    expect(inOracleUnits(1, [2, 2, 2])).toMatchObject({ reason: "DEGENERATE" });
    const far = inOracleUnits(1, [-Number.MAX_VALUE, Number.MAX_VALUE]);
    expect(far).toMatchObject({ reason: "DEGENERATE", detail: "the numbers lie too far apart for float64" });
  });

  it("is a finite number or a reason for any finite numbers", () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(any, fc.array(any, { minLength: 2, maxLength: 5 }), (value, oracles) => {
        const found = inOracleUnits(value, oracles);
        if (!isMissing(found)) expect([found.sds, found.sd].every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
