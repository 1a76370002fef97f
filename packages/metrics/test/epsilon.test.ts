import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { forgetEpsilon, isMissing, type Epsilon } from "../src/index.ts";
import { normals, seeded } from "./random.ts";

const epsilonOf = (unlearned: readonly number[], retrained: readonly number[]): Epsilon => {
  const found = forgetEpsilon(unlearned, retrained);
  if (isMissing(found)) throw new Error(found.detail);
  return found;
};
const side = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 12 });

describe("forgetEpsilon", () => {
  it("takes the larger of the two bounds, by hand", () => {
    // A threshold between 0.6 and 0.75 leaves one of four negatives above: FPR = 1/4, FNR = 1/4 at 0.9 < t.
    const { epsilon, positive } = epsilonOf([0, 0.3, 0.6, 0.9], [0.75, 1, 1.25, 1.5]);
    expect(epsilon).toBeCloseTo(Math.log((1 - 1e-5 - 1 / 4) / (1 / 4)), 10);
    expect(positive).toBe("retrained");
  });

  it("is the cap for separated sides and for a side of hardly any width", () => {
    expect(epsilonOf([0, 0.1, 0.2], [5, 5.1, 5.2])).toMatchObject({ epsilon: 50 });
    const narrow = epsilonOf([1, 1.001, 1.002], [0, 0.7, 2]);
    expect(narrow).toMatchObject({ epsilon: 50, rule: "range" });
  });

  it("finds a peaked side within a wide one with two thresholds, which one threshold cannot", () => {
    const random = seeded(3);
    const wide = normals(random, 64).map((x) => 3 * x);
    const peaked = normals(random, 64).map((x) => 0.3 * x);
    const { rule, rules } = epsilonOf(peaked, wide);
    expect(rule).toBe("double");
    expect(rules.double).toBeGreaterThan(rules.single ?? 0);
  });

  it("has a reason, not a number, where every threshold is dropped", () => {
    expect(forgetEpsilon([1, 1, 1], [1, 1, 1])).toMatchObject({ reason: "DEGENERATE" });
  });

  it("does not change when the sides are exchanged or the models permuted, and is never NaN", () => {
    fc.assert(
      fc.property(side, side, fc.integer(), (first, second, seed) => {
        const found = forgetEpsilon(first, second);
        const exchanged = forgetEpsilon(second, first);
        const random = seeded(seed);
        const shuffled = first.toSorted(() => random() - 0.5);
        expect(forgetEpsilon(shuffled, second)).toEqual(found);
        if (isMissing(found)) {
          expect(exchanged).toEqual(found);
          return;
        }
        expect((exchanged as Epsilon).epsilon).toBe(found.epsilon);
        expect(found.epsilon).toBeGreaterThanOrEqual(0);
        expect(found.epsilon).toBeLessThanOrEqual(50);
      }),
      { numRuns: 40 },
    );
  });

  it("rises with the separation of the sides", () => {
    const random = seeded(5);
    const base = normals(random, 128);
    const other = normals(random, 128);
    const epsilons = [0, 0.8, 1.6, 2.4, 3.2].map(
      (shift) =>
        epsilonOf(
          base.map((x) => x + shift),
          other,
        ).epsilon,
    );
    expect(epsilons).toEqual(epsilons.toSorted((a, b) => a - b));
    expect(epsilons.at(-1)).toBeGreaterThan((epsilons[0] ?? 0) + 2);
  });

  it("is a number or a reason for any finite scores, however large or close", () => {
    for (const scale of [1e15, 1e17, 1e20, 1e300, 1e-300]) {
      const found = forgetEpsilon(
        [-scale, 0.1 * scale, 0.3 * scale],
        [-0.7 * scale, 0.2 * scale, 0.9 * scale],
      );
      expect(found).toHaveProperty("epsilon");
    }
    const any = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(any, any, (first, second) => {
        const found = forgetEpsilon(first, second);
        if (!isMissing(found)) expect(found.epsilon).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 40 },
    );
  });

  it("refuses scores that are not finite and options that are none", () => {
    expect(() => forgetEpsilon([1, Number.NaN], [1])).toThrow(/unlearned must be finite, found NaN at 1/);
    expect(() => forgetEpsilon([1], [])).toThrow(/at least one number in retrained/);
    expect(() => forgetEpsilon([1], [2], { delta: 1 })).toThrow(/delta/);
    expect(() => forgetEpsilon([1], [2], { cap: 0 })).toThrow(/cap/);
    expect(() => forgetEpsilon([1], [2], { thresholdsPerUnit: 0 })).toThrow(/thresholdsPerUnit/);
  });
});
