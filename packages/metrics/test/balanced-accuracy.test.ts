import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bestBalancedAccuracy, rocCurve } from "../src/index.ts";

describe("bestBalancedAccuracy", () => {
  it("lists every threshold that is as good as the best", () => {
    expect(bestBalancedAccuracy(rocCurve([3, 2], [2, 1]))).toEqual({
      value: 0.75,
      thresholds: [3, 2],
      trivial: false,
    });
    expect(bestBalancedAccuracy(rocCurve([1], [2]))).toEqual({ value: 0.5, thresholds: [1], trivial: true });
  });

  it("is the best of all thresholds tried one by one", () => {
    const scores = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(scores, scores, (members, others) => {
        const { value, thresholds } = bestBalancedAccuracy(rocCurve(members, others));
        const at = (t: number): number =>
          (members.filter((x) => x >= t).length / members.length +
            others.filter((x) => x < t).length / others.length) /
          2;
        const all = [...new Set([...members, ...others])].sort((a, b) => b - a);
        const best = Math.max(...all.map(at));
        expect(value).toBeCloseTo(best, 12);
        expect(thresholds).toEqual(all.filter((t) => at(t) >= best - 1e-12));
      }),
    );
  });
});
