import { describe, expect, it } from "vitest";

import { miaEfficacy } from "../src/index.ts";

describe("miaEfficacy", () => {
  it("is the percentage of decisions that say non-member", () => {
    expect(miaEfficacy([1.2, -0.3, -2, 0.1])).toBe(50);
    expect(miaEfficacy([2, 3])).toBe(0);
    expect(miaEfficacy([-2])).toBe(100);
  });

  it("takes a decision of exactly 0 for a non-member", () => {
    expect(miaEfficacy([0, 1])).toBe(50);
  });

  it("refuses an empty set and decisions that are not numbers", () => {
    expect(() => miaEfficacy([])).toThrow(RangeError);
    expect(() => miaEfficacy([1, Number.NaN])).toThrow("found NaN at sample 1");
  });
});
