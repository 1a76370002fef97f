import { describe, expect, it } from "vitest";

import { gapTo } from "../src/gap.ts";
import type { Gap, RowMetrics } from "../src/result.ts";

const salun: RowMetrics = { ua: 2.85, ra: 99.62, ta: 93.93, miaEfficacy: 14.39, aucForgetTest: 0.5 };
const retrain: RowMetrics = { ua: 5.24, ra: 100, ta: 94.26, miaEfficacy: 12.88, aucForgetTest: 0.5 };

describe("gapTo", () => {
  it("is the mean of the four distances: (2.39 + 0.38 + 0.33 + 1.51) / 4", () => {
    const gap = gapTo(salun, retrain) as Extract<Gap, { value: number }>;
    expect(gap.value).toBeCloseTo(1.1525, 10);
    expect(gap.parts.ua).toBeCloseTo(2.39, 10);
    expect(gap.parts.miaEfficacy).toBeCloseTo(1.51, 10);
  });

  it("is 0 for the retrained model itself", () => {
    expect(gapTo(retrain, retrain)).toMatchObject({ value: 0 });
  });

  it("is a reason without a retrained model, and where one of the numbers is missing", () => {
    expect(gapTo(salun, undefined)).toEqual({ reason: "NO_ORACLE" });
    const missing = { reason: "NO_SIGNAL", detail: "AUC 0.5" } as const;
    expect(gapTo({ ...salun, miaEfficacy: missing }, retrain)).toEqual(missing);
    expect(gapTo(salun, { ...retrain, ta: missing })).toEqual(missing);
  });
});
