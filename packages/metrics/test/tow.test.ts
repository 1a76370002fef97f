import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { tow, towMia } from "../src/index.ts";

const percent = fc.double({ min: 0, max: 100, noNaN: true });
const row = fc.record({ UA: percent, RA: percent, TA: percent, MIA: percent });

describe("tow", () => {
  it("multiplies three closenesses to the retrained model", () => {
    const { value, parts } = tow({ UA: 10, RA: 95, TA: 90 }, { UA: 20, RA: 100, TA: 80 });
    expect(value).toBeCloseTo(0.9 * 0.95 * 0.9, 12);
    expect(parts.RA).toBeCloseTo(0.95, 12);
  });

  it("is 1 for the retrained model alone, symmetric, and within 0 and 1; too much forgetting costs as too little", () => {
    fc.assert(
      fc.property(row, row, (first, second) => {
        expect(tow(first, first).value).toBe(1);
        expect(tow(first, second).value).toBe(tow(second, first).value);
        for (const { value } of [tow(first, second), towMia(first, second)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("refuses what is no percentage", () => {
    expect(() => tow({ UA: 10, RA: 950, TA: 90 }, { UA: 1, RA: 1, TA: 1 })).toThrow(
      /RA must be a percentage.*950/,
    );
    expect(() => tow({ UA: 1, RA: 1, TA: 1 }, { UA: Number.NaN, RA: 1, TA: 1 })).toThrow(
      /the reference's UA/,
    );
  });
});

describe("towMia", () => {
  it("takes MIA-efficacy in place of the forget accuracy", () => {
    const { value, parts } = towMia({ MIA: 30, RA: 100, TA: 90 }, { MIA: 10, RA: 100, TA: 90 });
    expect(value).toBeCloseTo(0.8, 12);
    expect(parts).toEqual({ MIA: 0.8, RA: 1, TA: 1 });
  });
});
