import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { auc, logLogPoints, rocCurve } from "../src/index.ts";
import { normals, seeded } from "./random.ts";

const scores = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 30 });

describe("rocCurve", () => {
  it("has one point a distinct score, from nobody to everybody", () => {
    const { fpr, tpr, thresholds } = rocCurve([2, 2, 1], [2, 0]);
    expect([...fpr]).toEqual([0, 0.5, 0.5, 1]);
    expect([...tpr]).toEqual([0, 2 / 3, 1, 1]);
    expect([...thresholds]).toEqual([Infinity, 2, 1, 0]);
  });

  it("has the AUC as its area, and does not change when samples are permuted or scores mapped monotonely", () => {
    fc.assert(
      fc.property(scores, scores, (members, others) => {
        const { fpr, tpr } = rocCurve(members, others);
        let area = 0;
        for (let i = 1; i < fpr.length; i++) area += ((fpr[i]! - fpr[i - 1]!) * (tpr[i]! + tpr[i - 1]!)) / 2;
        expect(area).toBeCloseTo(auc(members, others), 12);
        const mapped = rocCurve(
          members.toReversed().map((x) => x ** 3),
          others.map((x) => x ** 3),
        );
        expect([...mapped.tpr]).toEqual([...tpr]);
        expect([...mapped.fpr]).toEqual([...fpr]);
      }),
    );
  });

  it("refuses an empty side and NaN", () => {
    expect(() => rocCurve([], [1])).toThrow(/at least one score in members/);
    expect(() => rocCurve([1], [Number.NaN])).toThrow(/found NaN in nonMembers/);
  });
});

describe("logLogPoints", () => {
  it("keeps what two logarithmic axes can show: the best rate at each rate above zero", () => {
    expect(logLogPoints(rocCurve([3, 2, 0], [2.5, 1]))).toEqual([
      { fpr: 0.5, tpr: 2 / 3 },
      { fpr: 1, tpr: 1 },
    ]);
  });

  it("thins long curves on the logarithmic axis and keeps their last point", () => {
    const random = seeded(1);
    const roc = rocCurve(
      normals(random, 3000).map((x) => x + 1),
      normals(random, 3000),
    );
    const points = logLogPoints(roc, { points: 50 });
    expect(points.length).toBeLessThanOrEqual(50);
    expect(points.length).toBeGreaterThan(25);
    expect(points.at(-1)).toEqual({ fpr: 1, tpr: 1 });
    expect(() => logLogPoints(roc, { points: 1 })).toThrow(/points/);
  });
});
