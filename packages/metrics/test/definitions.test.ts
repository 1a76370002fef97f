import { describe, expect, it } from "vitest";

import { metricDefinitions } from "../src/index.ts";

describe("metricDefinitions", () => {
  it("names a direction, a unit and a range for each metric", () => {
    for (const { direction, unit, range, meaning } of Object.values(metricDefinitions)) {
      expect(["reference", "lower", "higher"]).toContain(direction);
      expect(["percent", "percentPoints", "share"]).toContain(unit);
      expect(range[0]).toBeLessThan(range[1]);
      expect(meaning).not.toBe("");
    }
  });

  it("calls none of UA, RA, TA and MIA-efficacy better when lower or higher", () => {
    for (const name of ["UA", "RA", "TA", "MIA"] as const) {
      expect(metricDefinitions[name].direction).toBe("reference");
    }
    expect(metricDefinitions.avgGap.direction).toBe("lower");
  });
});
