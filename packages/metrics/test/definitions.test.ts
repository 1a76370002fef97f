import { describe, expect, it } from "vitest";

import * as metrics from "../src/index.ts";

const { metricDefinitions } = metrics;
const functions: ReadonlyMap<string, unknown> = new Map(Object.entries(metrics));

describe("metricDefinitions", () => {
  it.each(Object.entries(metricDefinitions))(
    "%s declares direction, target, unit, range, what it needs and who computes it",
    (_, { direction, target, range: [low, high], meaning, needs, computedBy, label }) => {
      expect(low).toBeLessThan(high ?? Infinity);
      expect(meaning).toMatch(/\.$/);
      expect(needs.length).toBeGreaterThan(0);
      expect(label).not.toBe("");
      expect(functions.get(computedBy)).toBeTypeOf("function");
      // A target on the scale, at the end that the direction names.
      if (target === "retrained") expect(direction).toBe("reference");
      else {
        expect(target).toBeGreaterThanOrEqual(low);
        if (direction === "lower") expect(target).toBe(low);
        if (direction === "higher" && high !== null) expect(target).toBe(high);
      }
    },
  );

  it("calls none of UA, RA, TA, MIA-efficacy and the attacks' numbers better when lower or higher", () => {
    const twoSided = [
      "UA",
      "RA",
      "TA",
      "MIA",
      "auc",
      "aucDistance",
      "balancedAccuracy",
      "tprAt1",
      "zrf",
    ] as const;
    for (const name of twoSided) expect(metricDefinitions[name].direction).toBe("reference");
    expect(metricDefinitions.avgGap.direction).toBe("lower");
    expect(metricDefinitions.tow.direction).toBe("higher");
  });

  it("asks for a retrained model wherever the number is a distance to one", () => {
    for (const name of ["avgGap", "tow", "towMia", "relearnRatio"] as const) {
      expect(metricDefinitions[name].needs).toContain("retrainedModel");
    }
  });
});
