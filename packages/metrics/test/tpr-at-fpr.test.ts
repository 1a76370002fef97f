import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { clopperPearson, rocCurve, smallestFpr, tprAtFpr, tprOnCurve } from "../src/index.ts";

// One member above all, then a non-member, two members, a non-member, a member.
const roc = rocCurve([6, 4, 3, 1], [5, 2]);

describe("tprOnCurve", () => {
  it("reads the three conventions off one curve, by hand", () => {
    expect(tprOnCurve(roc, 0.5)).toBe(0.75);
    expect(tprOnCurve(roc, 0.5, { convention: "strict" })).toBe(0.25);
    expect(tprOnCurve(roc, 0.75)).toBe(0.75);
    expect(tprOnCurve(roc, 0.25, { convention: "interpolated" })).toBe(0.25);
    const ties = rocCurve([1, 0], [1, 0]);
    expect(tprOnCurve(ties, 0.25)).toBe(0);
    expect(tprOnCurve(ties, 0.25, { convention: "interpolated" })).toBe(0.25);
    expect(tprOnCurve(roc, 1, { convention: "interpolated" })).toBe(1);
  });

  it("rises with the rate, and the strict reading is never above the step", () => {
    const scores = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 30 });
    const share = fc.double({ min: 1e-6, max: 1, noNaN: true });
    fc.assert(
      fc.property(scores, scores, share, share, (members, others, a, b) => {
        const curve = rocCurve(members, others);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        for (const convention of ["step", "strict", "interpolated"] as const) {
          const value = tprOnCurve(curve, low, { convention });
          expect(value).toBeLessThanOrEqual(tprOnCurve(curve, high, { convention }) + 1e-12);
        }
        expect(tprOnCurve(curve, a, { convention: "strict" })).toBeLessThanOrEqual(tprOnCurve(curve, a));
      }),
    );
  });

  it("refuses rates that are none", () => {
    expect(() => tprOnCurve(roc, 10)).toThrow(/share from 0 to 1, found 10; divide percentages/);
    expect(() => tprOnCurve(roc, 0, { convention: "strict" })).toThrow(/above 0/);
  });
});

describe("tprAtFpr", () => {
  it("is the step with the exact interval of the members found", () => {
    expect(tprAtFpr(roc, 0.5)).toEqual({
      ...clopperPearson(3, 4),
      fpr: 0.5,
      reachedFpr: 0.5,
      members: 4,
      nonMembers: 2,
    });
    expect(tprAtFpr(roc, 0)).toMatchObject({ estimate: 0.25, reachedFpr: 0 });
  });

  it("has a reason below the smallest rate that the sample can show", () => {
    expect(smallestFpr(roc)).toBe(0.5);
    expect(tprAtFpr(roc, 0.001)).toEqual({
      reason: "TOO_FEW_SAMPLES",
      detail: "a rate of 0.1 % needs 1000 non-members, found 2",
    });
    const ten = rocCurve(
      [1],
      Array.from({ length: 10 }, (_, i) => i),
    );
    expect(tprAtFpr(ten, 0.1)).toHaveProperty("estimate");
    expect(tprAtFpr(ten, 0.099)).toHaveProperty("reason");
  });
});
