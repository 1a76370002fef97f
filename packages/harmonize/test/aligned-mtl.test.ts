import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { alignedMtl } from "../src/index.ts";
import { relativeDeterminant } from "./brute-force.ts";
import { combined, dot, gramOf, norm, realVectors } from "./vectors.ts";

describe("alignedMtl", () => {
  it("gives numbers that can be checked by hand", () => {
    // Orthogonal gradients of length 1 and 2 become two of length 1; half of each.
    const orthogonal = alignedMtl([1, 0, 0, 4]);
    [0.5, 0.25].forEach((want, i) => expect(orthogonal[i]).toBeCloseTo(want, 12));
    // Eigenvalues 3 and 1 along (1, 1) and (1, -1): (1, 1)/2 is shrunk by sqrt(1/3).
    const skew = alignedMtl([2, 1, 1, 2]);
    skew.forEach((weight) => expect(weight).toBeCloseTo(0.5 / Math.sqrt(3), 12));
  });

  it("leaves zero gradients out, and takes the mean of nothing but zeros", () => {
    expect(alignedMtl([4, 0, 0, 0])[0]).toBeCloseTo(0.5, 12);
    expect(alignedMtl([0, 0, 0, 0])).toEqual([0.5, 0.5]);
  });

  it("aligns independent gradients to orthogonal ones of one length", () => {
    fc.assert(
      fc.property(realVectors({ counts: [2, 4], dims: [5, 7] }), (vectors) => {
        const gram = gramOf(vectors);
        fc.pre(relativeDeterminant(gram, 0) > 1e-3);
        // k orthogonal gradients of length l have a mean of length l / sqrt(k), and l^2 is the smallest eigenvalue.
        const found = combined(vectors, alignedMtl(gram));
        const squared = dot(found, found) * vectors.length;
        expect(relativeDeterminant(gram, squared)).toBeLessThan(1e-9);
        expect(Math.sqrt(squared)).toBeLessThan(Math.min(...vectors.map(norm)) * (1 + 1e-9));
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
