import { describe, expect, it } from "vitest";

import { meanCell, overSeeds } from "../src/over-seeds.ts";
import { studySummaries } from "../src/study-summary.ts";
import { exampleStudy } from "./example-study.ts";

describe("the summary of a study", () => {
  it("is the mean over seeds, and the change seed by seed", () => {
    const noAnchor = studySummaries(exampleStudy).find(({ row }) => row.label === "no anchor");
    expect(noAnchor?.gap.mean).toBeCloseTo((9 + 10.5 + 11) / 3, 10);
    // 9 - 2, 10.5 - 3, 11 - 4
    expect(noAnchor?.change?.values).toEqual([7, 7.5, 7]);
    expect(noAnchor?.seconds.mean).toBe(5);
  });

  it("leaves out seeds without a number and counts them", () => {
    const over = overSeeds([1, { reason: "NO_SIGNAL" }, 3, undefined]);
    expect([over.mean, over.missing, over.interval?.mean]).toEqual([2, 2, 2]);
    expect(meanCell(overSeeds([]), 2)).toBe("n/a");
    expect(meanCell(overSeeds([2]), 1)).toBe("2.0");
    expect(meanCell(overSeeds([-0.0001]), 1, true)).toBe("0.0");
  });
});
