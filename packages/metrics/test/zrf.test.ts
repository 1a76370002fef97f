import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { zrf } from "../src/index.ts";

describe("zrf", () => {
  it("is 1 less the Jensen-Shannon divergence, by hand", () => {
    // p = (3/4, 1/4), t = (1/4, 3/4), m = (1/2, 1/2).
    const divergence = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    const z = Math.log(3);
    expect(zrf([z, 0], [0, z], { classes: 2 })).toBeCloseTo(1 - divergence, 12);
    expect(zrf([z, 0, 0, 0], [0, z, 0, 0], { classes: 2 })).toBeCloseTo(1 - divergence / 2, 12);
  });

  it("lies from 1 - log 2 to 1, is symmetric, and 1 for the teacher itself", () => {
    const rows = fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(logits(3 * n), logits(3 * n)));
    fc.assert(
      fc.property(rows, ([a, b]) => {
        const value = zrf(a, b, { classes: 3 });
        expect(value).toBeGreaterThanOrEqual(1 - Math.LN2);
        expect(value).toBeLessThanOrEqual(1);
        expect(zrf(b, a, { classes: 3 })).toBeCloseTo(value, 12);
        expect(zrf(a, a, { classes: 3 })).toBe(1);
      }),
    );
  });

  it("refuses outputs of another shape and logits that are not finite", () => {
    expect(() => zrf([1, 2, 3], [1, 2, 3], { classes: 2 })).toThrow(/rows of 2 logits, found 3/);
    expect(() => zrf([1, 2], [1, 2, 3, 4], { classes: 2 })).toThrow(/same samples, found 2 and 4/);
    expect(() => zrf([], [], { classes: 2 })).toThrow(/at least one number in logits/);
    expect(() => zrf([1, 2], [1, Infinity], { classes: 2 })).toThrow(/teacherLogits must be finite/);
  });
});

function logits(length: number): fc.Arbitrary<number[]> {
  return fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), {
    minLength: length,
    maxLength: length,
  });
}
