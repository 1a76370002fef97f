import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cagrad } from "../src/index.ts";
import { bestWorstAgreement, projectOnDualCone, shortestInHull } from "./brute-force.ts";
import { anyVectors, combined, distance, dot, gramOf, largest, norm, realVectors } from "./vectors.ts";

const meanOf = (vectors: readonly (readonly number[])[]): number[] =>
  combined(
    vectors,
    vectors.map(() => 1 / vectors.length),
  );

describe("cagrad", () => {
  it("gives numbers that can be checked by hand", () => {
    // (1, 0) and (-1, 1): the mean is (0, 0.5), g_w = (1, 0), and half of |g_0| along it gives (0.25, 0.5).
    const weights = cagrad([1, -1, -1, 2]);
    [0.75, 0.5].forEach((want, i) => expect(weights[i]).toBeCloseTo(want, 12));
    expect(cagrad([1, -1, -1, 1])).toEqual([0.5, 0.5]);
    expect(cagrad([4, 0, 0, 0])).toEqual([0.5, 0.5]);
    expect(cagrad([1, -1, -1, 2], { c: 0 })).toEqual([0.5, 0.5]);
  });

  it("divides as the option says", () => {
    const plain = cagrad([1, -1, -1, 2]);
    const divided = ([1, 2] as const).map((rescale) => cagrad([1, -1, -1, 2], { rescale }));
    expect(divided[0]![0]).toBeCloseTo(plain[0]! / 1.25, 12);
    expect(divided[1]![0]).toBeCloseTo(plain[0]! / 1.5, 12);
  });

  /**
   * A certificate of optimality that needs no other solver: any w of the simplex bounds the worst agreement from
   * above, so a direction whose worst agreement reaches the bound of its own w is the best one.
   */
  it("reaches the bound that its own weights prove", () => {
    fc.assert(
      fc.property(anyVectors(), fc.constantFrom(0.1, 0.5, 0.9), (vectors, c) => {
        const mean = meanOf(vectors);
        const radius = c * norm(mean);
        const weights = cagrad(gramOf(vectors), { c });
        const found = combined(vectors, weights);
        const steps = weights.map((weight) => weight - 1 / vectors.length);
        const total = steps.reduce((sum, step) => sum + step, 0);
        const slack = 1e-6 * (1 + largest(vectors) ** 2);
        if (total < 1e-12) {
          // Left at the mean: g_w = 0, so no direction in reach agrees with all, and agreement 0 is in reach.
          expect(distance(found, mean)).toBeLessThan(1e-9);
          const nearest = projectOnDualCone(vectors, mean);
          expect(distance(nearest, mean)).toBeLessThan(radius + 1e-6 * (1 + largest(vectors)));
          expect(norm(shortestInHull(vectors)) * radius).toBeLessThan(1e-6 * (1 + largest(vectors) ** 2));
          return;
        }
        const point = combined(
          vectors,
          steps.map((step) => step / total),
        );
        expect(Math.min(...steps)).toBeGreaterThanOrEqual(-1e-12);
        expect(distance(found, mean)).toBeLessThan(radius + 1e-7 * (1 + radius));
        const bound = dot(point, mean) + radius * norm(point);
        const worst = Math.min(...vectors.map((vector) => dot(vector, found)));
        expect(worst).toBeGreaterThan(bound - slack);
      }),
      { numRuns: 400 },
    );
  });

  it("agrees with a search over the simplex", () => {
    fc.assert(
      fc.property(realVectors({ counts: [2, 3], dims: [3, 5] }), (vectors) => {
        const radius = 0.5 * norm(meanOf(vectors));
        const { value, direction } = bestWorstAgreement(vectors, radius);
        const found = combined(vectors, cagrad(gramOf(vectors)));
        const worst = Math.min(...vectors.map((vector) => dot(vector, found)));
        const size = 1 + largest(vectors);
        expect(Math.abs(worst - value)).toBeLessThan(1e-4 * size ** 2);
        // Near value 0 the direction is undefined.
        if (Math.abs(value) > 0.1) expect(distance(found, direction)).toBeLessThan(1e-2 * size);
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it("agrees with every gradient at least as much as the mean does with its worst", () => {
    fc.assert(
      fc.property(anyVectors(), (vectors) => {
        const worst = (direction: readonly number[]): number =>
          Math.min(...vectors.map((vector) => dot(vector, direction)));
        const found = combined(vectors, cagrad(gramOf(vectors)));
        expect(worst(found)).toBeGreaterThan(worst(meanOf(vectors)) - 1e-6 * (1 + largest(vectors) ** 2));
      }),
      { numRuns: 300 },
    );
  });

  it("refuses options out of range", () => {
    expect(() => cagrad([1, 0, 0, 1], { c: -1 })).toThrow("c must be a number of at least 0, found -1");
    expect(() => cagrad([1, 0, 0, 1], { rescale: 3 as never })).toThrow("rescale must be 0, 1 or 2, found 3");
    expect(() => cagrad([1, 0, 0, 1], { alpha: 1 } as never)).toThrow(
      'options out of c, rescale, found "alpha"',
    );
  });
});
