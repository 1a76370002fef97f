import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { holm } from "../src/index.ts";

describe("holm", () => {
  it("multiplies the smallest by the number of tests, the next by one less, and never falls", () => {
    const adjusted = holm([0.04, 0.01, 0.03, 0.005]);
    [0.06, 0.03, 0.06, 0.02].forEach((p, i) => expect(adjusted[i]).toBeCloseTo(p, 12));
    expect(holm([])).toEqual([]);
  });

  it("keeps the order of p-values, and lies between them and Bonferroni's", () => {
    const p = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
    fc.assert(
      fc.property(p, (values) => {
        const adjusted = holm(values);
        values.forEach((value, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(value);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, value * values.length) + 1e-12);
          values.forEach((other, j) => {
            if (value < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
      }),
    );
  });

  it("refuses what is no p-value", () => {
    expect(() => holm([0.5, Number.NaN])).toThrow(/from 0 to 1, found NaN/);
  });
});
