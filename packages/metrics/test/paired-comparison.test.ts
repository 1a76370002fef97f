import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  isMissing,
  pairedComparison,
  pairedComparisons,
  type CorrectedComparison,
  type PairedComparison,
} from "../src/index.ts";

describe("pairedComparison", () => {
  it("counts the ways to flip signs, by hand", () => {
    // Differences 1, 2, 3: of 8 ways only +++ and --- are as far from 0.
    const found = pairedComparison([2, 4, 6], [1, 2, 3]) as PairedComparison;
    expect(found.signFlipP).toBe(2 / 8);
    expect(found.smallestSignFlipP).toBe(0.25);
    // t = 2 / (1 / sqrt 3) = 3.4641 with 2 degrees of freedom: p = 0.0742.
    expect(found.tP).toBeCloseTo(0.0742, 4);
    // Differences 1, -1: every way is as far from 0 as 0.
    expect((pairedComparison([1, 0], [0, 1]) as PairedComparison).signFlipP).toBe(1);
  });

  it("gives both orders the same p-values and opposite differences", () => {
    const values = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 2,
      maxLength: 9,
    });
    fc.assert(
      fc.property(values, (pairs) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const [one, other] = [pairedComparison(a, b), pairedComparison(b, a)] as [
          PairedComparison,
          PairedComparison,
        ];
        expect(other.signFlipP).toBe(one.signFlipP);
        expect(other.tP).toEqual(
          isMissing(one.tP) ? expect.objectContaining({ reason: "DEGENERATE" }) : one.tP,
        );
        expect(other.difference.mean).toBeCloseTo(-one.difference.mean, 12);
        expect(one.signFlipP).toBeGreaterThanOrEqual(one.smallestSignFlipP);
        expect(one.signFlipP).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("has reasons for one pair, for equal differences and for too many patterns to count", () => {
    expect(pairedComparison([1], [2])).toMatchObject({ reason: "TOO_FEW_RUNS" });
    expect(pairedComparison([2, 3], [1, 2])).toMatchObject({ tP: { reason: "DEGENERATE" }, signFlipP: 0.5 });
    const many = Array.from({ length: 21 }, (_, i) => i * i);
    expect(pairedComparison(many, many.toReversed())).toMatchObject({ signFlipP: { reason: "NOT_RUN" } });
  });

  it("refuses seeds that do not pair", () => {
    expect(() => pairedComparison([1, 2], [1])).toThrow(/same seeds, found 2 and 1/);
    expect(() => pairedComparison([1, Number.NaN], [1, 2])).toThrow(/first must be finite/);
  });
});

describe("pairedComparisons", () => {
  const methods = { a: [1, 2, 3, 4], b: [2, 3, 5, 7], c: [1, 2, 3, 4.5] };

  it("corrects over all pairs of methods, or over all against one", () => {
    const all = pairedComparisons(methods);
    expect(all.map(({ first, second }) => `${first}${second}`)).toEqual(["ab", "ac", "bc"]);
    for (const { comparison, adjusted } of all) {
      expect(adjusted.tP).toBeGreaterThanOrEqual((comparison as PairedComparison).tP as number);
    }
    expect(
      pairedComparisons(methods, { against: "b" }).map(({ first, second }) => `${first}${second}`),
    ).toEqual(["ab", "cb"]);
  });

  it("leaves comparisons without a p-value out of the correction", () => {
    const found = pairedComparisons({ a: [1, 2, 3], b: [2, 3, 4], c: [4, 2, 9] }, { against: "a" });
    const [equal, other] = found as [CorrectedComparison, CorrectedComparison];
    expect(equal.adjusted.tP).toMatchObject({ reason: "DEGENERATE" });
    expect(other.adjusted.tP).toBe((other.comparison as PairedComparison).tP);
  });

  it("refuses fewer than two methods and a stranger to compare with", () => {
    expect(() => pairedComparisons({ a: [1, 2] })).toThrow(/at least two methods, found a/);
    expect(() => pairedComparisons(methods, { against: "z" })).toThrow(/"z" among them/);
  });
});
