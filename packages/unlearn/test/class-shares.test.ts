import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { classDistance, sharesOf } from "../src/class-shares.ts";

describe("sharesOf", () => {
  it("counts each class as a part of the whole", () => {
    expect([...sharesOf([3, 1, 3, 3])]).toEqual([
      [3, 0.75],
      [1, 0.25],
    ]);
  });
});

describe("classDistance", () => {
  it("is 0 for the same shares, 1 without a common class, and the share that lies elsewhere between", () => {
    expect(classDistance([0, 1], [1, 0, 1, 0])).toBe(0);
    expect(classDistance([2, 2], [0, 1])).toBe(1);
    // 3 of 4 against 1 of 4.
    expect(classDistance([0, 0, 0, 1], [0, 1, 1, 1])).toBeCloseTo(0.5, 12);
  });

  it("is a distance: symmetric, in [0, 1], whatever the sizes", () => {
    const labels = fc.array(fc.nat(5), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(labels, labels, fc.integer({ min: 1, max: 4 }), (forget, retain, times) => {
        const distance = classDistance(forget, retain);
        expect(classDistance(retain, forget)).toBeCloseTo(distance, 12);
        const repeated = Array.from({ length: times }, () => forget).flat();
        expect(classDistance(repeated, retain)).toBeCloseTo(distance, 12);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});
