import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { imtlG } from "../src/index.ts";
import { relativeDeterminant } from "./brute-force.ts";
import { combined, distance, dot, gramOf, largest, norm, realVectors } from "./vectors.ts";

const forms = ["pseudoInverse", "closedForm"] as const;

describe("imtlG", () => {
  it("gives numbers that can be checked by hand", () => {
    // Orthogonal gradients of length 1 and 2: 2/3 and 1/3 of them project with length 2/3 on both.
    for (const form of forms) {
      const weights = imtlG([1, 0, 0, 4], { form });
      [2 / 3, 1 / 3].forEach((want, i) => expect(weights[i]).toBeCloseTo(want, 12));
    }
  });

  it("projects equally on all independent gradients, in both forms alike", () => {
    fc.assert(
      fc.property(realVectors({ counts: [2, 4], dims: [5, 7] }), (vectors) => {
        const gram = gramOf(vectors);
        fc.pre(relativeDeterminant(gram, 0) > 1e-3);
        const [first, second] = forms.map((form) => imtlG(gram, { form }));
        const total = first!.reduce((sum, weight) => sum + Math.abs(weight), 0);
        const found = combined(vectors, first!);
        const projections = vectors.map((vector) => dot(vector, found) / norm(vector));
        const slack = 1e-8 * total * (1 + largest(vectors));
        expect(Math.max(...projections) - Math.min(...projections)).toBeLessThan(slack);
        expect(distance(found, combined(vectors, second!))).toBeLessThan(slack);
        expect(first!.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 8);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it("takes its two forms apart for dependent gradients", () => {
    // g_2 = -g_1 / 2: the closed form cancels them, the pseudo-inverse gives 2 g_1 - g_2.
    const opposite = [1, -0.5, -0.5, 0.25];
    [1 / 3, 2 / 3].forEach((want, i) =>
      expect(imtlG(opposite, { form: "closedForm" })[i]).toBeCloseTo(want, 10),
    );
    [2, -1].forEach((want, i) => expect(imtlG(opposite)[i]).toBeCloseTo(want, 10));
    // Exactly opposite ones of one length: sum(v) vanishes.
    expect(imtlG([1, -1, -1, 1])).toEqual([0, 0]);
    // Parallel ones: D U^T is singular, the pseudo-inverse stands in.
    for (const form of forms) {
      [1 / 3, 2 / 3].forEach((want, i) => expect(imtlG([1, 2, 2, 4], { form })[i]).toBeCloseTo(want, 10));
    }
  });

  it("sees through float32 rounding that a multiple of a gradient is dependent", () => {
    const first = [0.1, -0.7, 0.3, 1.9].map(Math.fround);
    const vectors = [first, first.map((value) => Math.fround(value * 1.7))];
    const exact = imtlG([1, 1.7, 1.7, 1.7 ** 2]);
    imtlG(gramOf(vectors)).forEach((weight, i) => expect(weight).toBeCloseTo(exact[i]!, 5));
  });

  it("leaves zero gradients out", () => {
    for (const form of forms) {
      expect(imtlG([4, 0, 0, 0], { form })).toEqual([1, 0]);
      expect(imtlG([0, 0, 0, 0], { form })).toEqual([0, 0]);
    }
  });

  it("refuses a form it does not know", () => {
    expect(() => imtlG([1, 0, 0, 1], { form: "svd" as never })).toThrow("pseudoInverse, closedForm, found");
  });
});
