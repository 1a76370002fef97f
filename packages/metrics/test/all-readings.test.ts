import { describe, expect, it } from "vitest";

import { allReadings, metricDefinitions, type Reading } from "../src/index.ts";

describe("allReadings", () => {
  it("has a number or a reason for every metric", () => {
    const readings = allReadings({ UA: 5, zrf: 0.9, klom: { reason: "TOO_FEW_MODELS" } });
    expect(Object.keys(readings)).toEqual(Object.keys(metricDefinitions));
    expect(readings.UA).toBe(5);
    expect(readings.klom).toEqual({ reason: "TOO_FEW_MODELS" });
    expect(readings.relearnSteps).toEqual({ reason: "NOT_RUN" });
  });

  it("takes numbers at the ends of a range, and past them by rounding alone", () => {
    expect(allReadings({ tow: 1 + 1e-12, UA: 100 + 1e-8, klom: 40 }).tow).toBeCloseTo(1);
  });

  it("refuses what is no number of the metric, an unknown metric and an unknown reason", () => {
    for (const value of [Number.NaN, Infinity, 101, -1])
      expect(() => allReadings({ UA: value })).toThrow(/from 0 to 100/);
    expect(() => allReadings({ privacy: 1 } as Record<string, Reading>)).toThrow(/"privacy" is no metric/);
    expect(() => allReadings({ UA: { reason: "BUSY" } as unknown as Reading })).toThrow(/found "BUSY"/);
  });
});
