import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { upgrad } from "../src/index.ts";
import { projectOnDualCone } from "./brute-force.ts";
import { anyVectors, combined, distance, dot, gramOf, largest, norm, realVectors } from "./vectors.ts";

describe("upgrad", () => {
  it("gives numbers that can be checked by hand", () => {
    // (1, 0) goes to (0.5, 0.5), (-1, 1) goes to (0, 1); their mean is (0.25, 0.75).
    expect(upgrad([1, -1, -1, 2])).toEqual([1, 0.75]);
    // Opposite gradients cancel: g_1 + g_2 = 0 for each.
    expect(upgrad([1, -1, -1, 1])).toEqual([1, 1]);
    expect(upgrad([4, 0, 0, 0])).toEqual([0.5, 0.5]);
    expect(upgrad([0, 0, 0, 0])).toEqual([0.5, 0.5]);
  });

  it("is the mean of the projections on the dual cone, over all sets of active constraints", () => {
    fc.assert(
      fc.property(anyVectors(), (vectors) => {
        const wanted = combined(
          vectors.map((vector) => projectOnDualCone(vectors, vector)),
          vectors.map(() => 1 / vectors.length),
        );
        const found = combined(vectors, upgrad(gramOf(vectors)));
        expect(distance(found, wanted)).toBeLessThan(1e-5 * (1 + largest(vectors)));
      }),
      { numRuns: 400 },
    );
  });

  it("conflicts with no gradient", () => {
    fc.assert(
      fc.property(anyVectors(), (vectors) => {
        const found = combined(vectors, upgrad(gramOf(vectors)));
        for (const vector of vectors) {
          expect(dot(vector, found)).toBeGreaterThan(-1e-6 * (1 + norm(vector) * largest(vectors)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is the mean without conflict", () => {
    fc.assert(
      fc.property(realVectors(), (vectors) => {
        const gram = gramOf(vectors.map((row) => row.map(Math.abs)));
        expect(upgrad(gram)).toEqual(vectors.map(() => 1 / vectors.length));
      }),
    );
  });
});
