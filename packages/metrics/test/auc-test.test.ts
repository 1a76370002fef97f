import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { aucChanceP, aucDifferenceP } from "../src/auc-test.ts";
import { aucInterval } from "../src/auc-interval.ts";
import { normals, seeded } from "./random.ts";

const half = { auc: 0.5, low: 0.45, high: 0.55 };

describe("the p-value of two AUCs", () => {
  it("is that of the normal distribution on the scale of the logit", () => {
    // Logit of 0.55 is 0.2007, so s = 0.1024; of 0.6 0.4055, of 0.65 0.6190: s = 0.1067. z = 0.4055 / 0.1479 = 2.74.
    expect(aucDifferenceP({ auc: 0.6, low: 0.55, high: 0.65 }, [half])).toBeCloseTo(0.0061, 3);
  });

  it("is the same whichever comes first, and where the score is turned round", () => {
    const ends = fc.tuple(
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      fc.double({ min: 0.01, max: 0.09, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, ends, ([a, da], [b, db]) => {
        const [first, second] = [
          { auc: a, low: a - da, high: a + da },
          { auc: b, low: b - db, high: b + db },
        ];
        const turned = ({ auc, low, high }: typeof first): typeof first => ({
          auc: 1 - auc,
          low: 1 - high,
          high: 1 - low,
        });
        const p = aucDifferenceP(first, [second]);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(aucDifferenceP(second, [first])).toBe(p);
        expect(aucDifferenceP(turned(first), [turned(second)])).toBeCloseTo(p, 9);
      }),
    );
  });

  it("is larger where the oracles differ among themselves, and not smaller where they agree by chance", () => {
    const model = { auc: 0.62, low: 0.57, high: 0.67 };
    const oracle = (auc: number): typeof half => ({ auc, low: auc - 0.05, high: auc + 0.05 });
    const agree = aucDifferenceP(model, [oracle(0.5), oracle(0.5)]);
    expect(agree).toBeCloseTo(aucDifferenceP(model, [oracle(0.5)]), 12);
    expect(aucDifferenceP(model, [oracle(0.42), oracle(0.58)])).toBeGreaterThan(2 * agree);
    expect(() => aucDifferenceP(model, [])).toThrow(/at least one oracle/);
  });

  it("is below 5 % in about 5 % of cases without a difference", () => {
    const runs = 400;
    let found = 0;
    for (let run = 0; run < runs; run++) {
      const scores = normals(seeded(run), 240);
      const intervalOf = (from: number): { auc: number; low: number; high: number } => {
        const made = aucInterval(scores.slice(from, from + 60), scores.slice(from + 60, from + 120));
        if ("reason" in made) throw new Error(made.reason);
        return { auc: made.estimate, low: made.low, high: made.high };
      };
      if (aucDifferenceP(intervalOf(0), [intervalOf(120)]) < 0.05) found += 1;
    }
    // 20 expected; standard deviation 4.4.
    expect(found).toBeGreaterThan(5);
    expect(found).toBeLessThan(38);
  });

  it("against chance needs no interval", () => {
    // Two of each: sd sqrt(5 / 48) = 0.3227, z = 1.549.
    expect(aucChanceP(1, { members: 2, nonMembers: 2 })).toBeCloseTo(0.1213, 3);
    expect(aucChanceP(0.5, { members: 2, nonMembers: 2 })).toBe(1);
    expect(aucChanceP(0, { members: 40, nonMembers: 30 })).toBeLessThan(1e-10);
  });

  it("refuses what is no AUC", () => {
    expect(() => aucDifferenceP({ auc: 1, low: 0.9, high: 1 }, [half])).toThrow(/0 < low <= AUC <= high < 1/);
    expect(() => aucChanceP(1.2, { members: 2, nonMembers: 2 })).toThrow(/from 0 to 1/);
    expect(() => aucChanceP(0.5, { members: 0, nonMembers: 2 })).toThrow(/members/);
  });
});
