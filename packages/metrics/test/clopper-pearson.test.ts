import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { clopperPearson } from "../src/index.ts";

/** The chance of at most `k` successes in `n` trials. */
function binomialCdf(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    sum += term;
  }
  return sum;
}

describe("clopperPearson", () => {
  it("has the closed form at no success and at nothing but successes", () => {
    const { low, high } = clopperPearson(0, 20);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(1 - 0.025 ** (1 / 20), 8);
    expect(clopperPearson(20, 20).low).toBeCloseTo(0.025 ** (1 / 20), 8);
    expect(clopperPearson(20, 20).high).toBe(1);
  });

  it("puts its ends where the binomial tails are half of what is left of the confidence", () => {
    for (const [k, n, confidence] of [
      [3, 10, 0.95],
      [1, 100, 0.99],
      [57, 200, 0.9],
    ] as const) {
      const { low, high } = clopperPearson(k, n, { confidence });
      expect(1 - binomialCdf(k - 1, n, low)).toBeCloseTo((1 - confidence) / 2, 6);
      expect(binomialCdf(k, n, high)).toBeCloseTo((1 - confidence) / 2, 6);
    }
  });

  it("holds the share, mirrors when successes are exchanged for failures, and is wider for more confidence", () => {
    const counts = fc
      .integer({ min: 1, max: 100_000 })
      .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const { estimate, low, high } = clopperPearson(successes, trials);
        expect(low).toBeLessThanOrEqual(estimate);
        expect(high).toBeGreaterThanOrEqual(estimate);
        const mirrored = clopperPearson(trials - successes, trials);
        expect(mirrored.low).toBeCloseTo(1 - high, 12);
        expect(mirrored.high).toBeCloseTo(1 - low, 12);
        const wide = clopperPearson(successes, trials, { confidence: 0.99 });
        expect(wide.low).toBeLessThanOrEqual(low);
        expect(wide.high).toBeGreaterThanOrEqual(high);
      }),
    );
  });

  it("is right for confidences near 1, where a few steps of Newton's method are not enough", () => {
    for (const trials of [1, 37, 1000, 45_000]) {
      for (const confidence of [0.999, 1 - 1e-6, 1 - 1e-8, 1 - 1e-10]) {
        const { low } = clopperPearson(trials, trials, { confidence });
        const exact = ((1 - confidence) / 2) ** (1 / trials);
        expect(Math.abs(low - exact), `${trials} at ${confidence}`).toBeLessThan(1e-6 * (1 - exact));
        expect(clopperPearson(0, trials, { confidence }).high).toBeCloseTo(1 - exact, 9);
      }
    }
  });

  it("refuses counts that are none", () => {
    expect(() => clopperPearson(3, 2)).toThrow(/at most trials, found 3 of 2/);
    expect(() => clopperPearson(0, 0)).toThrow(/trials must be a whole number of at least 1/);
    expect(() => clopperPearson(0.5, 2)).toThrow(/successes must be a whole number/);
    expect(() => clopperPearson(1, 2, { confidence: 95 })).toThrow(/confidence/);
  });
});
