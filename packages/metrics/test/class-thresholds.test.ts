import { describe, expect, it } from "vitest";

import { applyClassThresholds, fitClassThresholds } from "../src/index.ts";

describe("fitClassThresholds", () => {
  const members = { scores: [5, 1, 9], labels: [0, 0, 1] };
  const nonMembers = { scores: [0, 2, 8], labels: [0, 0, 1] };

  it("fits each class on its own samples; the first of equals wins", () => {
    const { thresholds, balancedAccuracy } = fitClassThresholds(members, nonMembers, { classes: 2 });
    // Class 0: thresholds 5 and 1 both give 3/4.
    expect([...thresholds]).toEqual([5, 9]);
    expect([...balancedAccuracy]).toEqual([0.75, 1]);
  });

  it("refuses a class without members or non-members by its number", () => {
    expect(() => fitClassThresholds(members, nonMembers, { classes: 3 })).toThrow(/class 2 has no member/);
    const one = { scores: [0], labels: [0] };
    expect(() => fitClassThresholds(members, one, { classes: 2 })).toThrow(/class 1 has no non-member/);
  });

  it("refuses labels out of range, lengths that differ and scores that are not finite", () => {
    expect(() => fitClassThresholds(members, nonMembers, { classes: 1 })).toThrow(
      /from 0 to 0, found 1 at 2/,
    );
    expect(() => fitClassThresholds({ scores: [1, 2], labels: [0] }, nonMembers, { classes: 1 })).toThrow(
      /1 labels and 2 scores/,
    );
    expect(() =>
      fitClassThresholds({ scores: [Number.NaN], labels: [0] }, nonMembers, { classes: 1 }),
    ).toThrow(/finite/);
  });
});

describe("applyClassThresholds", () => {
  it("weighs both sides alike, whatever their sizes", () => {
    const outcome = applyClassThresholds(
      { thresholds: Float64Array.of(2, 10) },
      { scores: [2, 1, 10, 11], labels: [0, 0, 1, 1] },
      { scores: [5, 9], labels: [0, 1] },
    );
    expect(outcome).toEqual({ tpr: 0.75, tnr: 0.5, balancedAccuracy: 0.625 });
  });
});
