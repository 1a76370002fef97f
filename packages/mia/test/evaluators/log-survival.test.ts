import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { logSurvival } from "../../src/evaluators/index.ts";

describe("logSurvival", () => {
  // mpmath 1.3, 40 digits: log(erfc(z / sqrt(2)) / 2)
  it.each([
    [-8, -6.22096057427179e-16],
    [-3, -0.00135080996474819],
    [-1, -0.17275377902345],
    [0, -0.693147180559945],
    [0.5, -1.17591176159362],
    [1, -1.84102164500926],
    [2.999, -6.60444358757058],
    [3, -6.60772622151035],
    [3.001, -6.61100978489093],
    [5, -15.0649983939887],
    [10, -53.2312851505125],
    [40, -804.608442013754],
    [100, -5005.52420869421],
    [1000, -500007.826694812],
  ])("of %d is %d", (z, expected) => {
    expect(Math.abs(logSurvival(z) - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
  });

  it("falls as z rises, and is finite at any size", () => {
    const z = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(z, z, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(Number.isFinite(logSurvival(high))).toBe(true);
        // 1e-12: the two forms meet at 3 within rounding.
        expect(logSurvival(low)).toBeGreaterThanOrEqual(
          logSurvival(high) - 1e-12 * (1 + Math.abs(logSurvival(high))),
        );
      }),
    );
  });
});
