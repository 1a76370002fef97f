import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { auc, aucDistance } from "../src/index.ts";

const scores = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 });

describe("auc", () => {
  it("counts a win of a member as one and a tie as one half", () => {
    expect(auc([3, 2], [1, 2])).toBe((1 + 1 + 1 + 0.5) / 4);
    expect(auc([1], [0])).toBe(1);
    expect(auc([0], [1])).toBe(0);
    expect(auc([5, 5], [5])).toBe(0.5);
    expect(auc([Infinity], [-Infinity, 0])).toBe(1);
  });

  it("agrees with the count over all pairs", () => {
    fc.assert(
      fc.property(scores, scores, (members, others) => {
        const wins = members.flatMap((m) => others.map((n) => (m > n ? 1 : m === n ? 0.5 : 0) as number));
        const expected = wins.reduce((total, win) => total + win, 0) / wins.length;
        expect(auc(members, others)).toBeCloseTo(expected, 12);
      }),
    );
  });

  it("does not change under monotone maps and flips to 1 - AUC under negation", () => {
    fc.assert(
      fc.property(scores, scores, (members, others) => {
        const value = auc(members, others);
        const mapped = (x: number): number => Math.exp(x / 5);
        expect(auc(members.map(mapped), others.map(mapped))).toBe(value);
        expect(
          auc(
            members.map((x) => -x),
            others.map((x) => -x),
          ),
        ).toBeCloseTo(1 - value, 12);
      }),
    );
  });

  it("leaves the given scores in their order", () => {
    const members = Float32Array.of(3, 1, 2);
    auc(members, [0]);
    expect([...members]).toEqual([3, 1, 2]);
  });

  it("refuses an empty side and scores that are not numbers", () => {
    expect(() => auc([], [1])).toThrow("at least one score in members");
    expect(() => auc([1], [])).toThrow(RangeError);
    expect(() => auc([1], [Number.NaN])).toThrow("found NaN in nonMembers");
  });
});

describe("aucDistance", () => {
  it("is the same for a score and for its negative: an attacker may turn the sign", () => {
    fc.assert(
      fc.property(scores, scores, (first, second) => {
        const distance = aucDistance(first, second);
        expect(aucDistance(second, first)).toBeCloseTo(distance, 12);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(0.5);
      }),
    );
    expect(aucDistance([0, 0], [1, 1])).toBe(0.5);
  });
});
