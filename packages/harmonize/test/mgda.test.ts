import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mgda } from "../src/index.ts";
import { shortestInHull } from "./brute-force.ts";
import { anyVectors, combined, distance, dot, gramOf, largest, norm } from "./vectors.ts";

describe("mgda", () => {
  it("gives numbers that can be checked by hand", () => {
    // The foot of the perpendicular from the origin on the segment from (1, 0) to (-1, 1) is (0.2, 0.4).
    const weights = mgda([1, -1, -1, 2]);
    [0.6, 0.4].forEach((want, i) => expect(weights[i]).toBeCloseTo(want, 12));
    // A segment that leads away from the origin: its near end.
    expect(mgda([1, 2, 2, 5])).toEqual([1, 0]);
    expect(mgda([4, 0, 0, 0])).toEqual([0, 1]);
    expect(mgda([0, 0, 0, 0])).toEqual([1, 0]);
  });

  it("is the shortest vector over all faces of the hull", () => {
    fc.assert(
      fc.property(anyVectors(), (vectors) => {
        const weights = mgda(gramOf(vectors));
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
        expect(weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 12);
        const found = combined(vectors, weights);
        const wanted = shortestInHull(vectors);
        expect(distance(found, wanted)).toBeLessThan(1e-6 * (1 + largest(vectors)));
      }),
      { numRuns: 400 },
    );
  });

  it("conflicts with no gradient: each agrees with the result at least as much as it is long", () => {
    fc.assert(
      fc.property(anyVectors(), (vectors) => {
        const found = combined(vectors, mgda(gramOf(vectors)));
        for (const vector of vectors) {
          expect(dot(vector, found)).toBeGreaterThan(norm(found) ** 2 - 1e-7 * (1 + largest(vectors) ** 2));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("weighs gradients of very different sizes right", () => {
    // (1e8, 0) and (-1, 1): the shortest point is next to the second one, (t 1e8 - (1 - t), 1 - t) with t = 1e-8.
    const [big, small] = mgda([1e16, -1e8, -1e8, 2]);
    expect(big).toBeCloseTo(1e-8, 14);
    expect(small).toBeCloseTo(1 - 1e-8, 12);
  });

  it("takes no options", () => {
    expect(() => mgda([1, 0, 0, 1], { iterations: 100 })).toThrow('expected no options, found "iterations"');
  });
});
