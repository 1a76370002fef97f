import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { aucInterval, isMissing } from "../src/index.ts";

describe("aucInterval", () => {
  it("has DeLong's standard error, by hand", () => {
    // Members beat 1, 1 and 1/2 of the non-members; non-members are beaten by 1 and 2/3 of the members.
    const found = aucInterval([5, 4, 2], [1, 3]);
    const members = (2 * (1 / 6) ** 2 + (1 / 3) ** 2) / 2;
    const others = (2 * (1 / 6) ** 2) / 1;
    expect(found).toMatchObject({ estimate: 5 / 6 });
    expect((found as { standardError: number }).standardError).toBeCloseTo(
      Math.sqrt(members / 3 + others / 2),
      12,
    );
  });

  it("stays within 0 and 1 around the AUC and mirrors under negation", () => {
    const scores = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(scores, scores, (members, others) => {
        const found = aucInterval(members, others);
        const turned = aucInterval(
          members.map((x) => -x),
          others.map((x) => -x),
        );
        if (isMissing(found)) {
          expect(isMissing(turned)).toBe(true);
          return;
        }
        expect(found.low).toBeGreaterThanOrEqual(0);
        expect(found.low).toBeLessThanOrEqual(found.estimate);
        expect(found.high).toBeGreaterThanOrEqual(found.estimate);
        expect(found.high).toBeLessThanOrEqual(1);
        expect((turned as typeof found).low).toBeCloseTo(1 - found.high, 10);
      }),
    );
  });

  it("has reasons where nothing says how sure the AUC is", () => {
    expect(aucInterval([2, 3], [0, 1])).toMatchObject({ reason: "DEGENERATE" });
    expect(aucInterval([1, 1], [1, 1])).toMatchObject({ reason: "DEGENERATE" });
    expect(aucInterval([1], [0, 2])).toMatchObject({ reason: "TOO_FEW_SAMPLES" });
  });
});
