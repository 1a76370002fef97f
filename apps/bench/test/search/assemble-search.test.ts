import type { RowMetrics, SearchReading, SearchTrial } from "@ltu/report";
import { describe, expect, it } from "vitest";

import { parseExperiment } from "../../src/config.ts";
import { assembleSearch } from "../../src/search/assemble-search.ts";
import { planSearch } from "../../src/search/plan-search.ts";
import { tinyExperiment } from "../run-bench.ts";

const oracle: RowMetrics = { ua: 50, ra: 100, ta: 48, miaEfficacy: 80, aucForgetTest: 0.5 };
const cost = { imagesForward: 10, imagesBackward: 10, steps: 1 };
/** UA alone is off, so the gap is a quarter of the points. */
const away = (seed: number, points: number): SearchReading => ({
  seed,
  metrics: { ...oracle, ua: 50 - points },
  cost,
});
const failed: SearchReading = { seed: 101, failed: { reason: "DIVERGED", detail: "at step 1 of 2" } };

const choiceOf = async (seeds: readonly (readonly SearchReading[])[], shortlist?: number) => {
  const rows = [{ label: "finetune", method: "finetune", options: {}, count: seeds.length }];
  const experiment = parseExperiment(tinyExperiment, "tiny");
  const { searches } = await planSearch(experiment, { rows, seeds: [101, 102], folder: ".", where: "tune" });
  const trials = seeds.map((each, c): SearchTrial => ({
    options: searches[0]?.configurations[c] ?? {},
    seeds: each,
  }));
  const { rows: found } = assembleSearch({
    name: "tiny",
    description: "",
    config: {},
    seeds: [101, 102],
    ...(shortlist === undefined ? {} : { shortlist }),
    retrain: [101, 102].map((seed) => ({ seed, oracles: 1, metrics: oracle })),
    engine: { name: "cpu", threads: 1 },
    versions: {},
    notes: [],
    searches,
    trials: [trials],
  });
  return found[0]?.choice;
};

describe("assembleSearch", () => {
  it("chooses among those that went on, and counts all that were tried", async () => {
    const choice = await choiceOf([[away(101, 40)], [failed], [away(101, 8), away(102, 16)]], 0.3);
    expect(choice).toMatchObject({ index: 2, meanGap: 3, tried: 3, failed: 1 });
  });

  it("chooses by all seeds, not by the first", async () => {
    const two = [
      [away(101, 4), away(102, 40)],
      [away(101, 8), away(102, 16)],
    ];
    // The third has the smallest mean of what it was asked, which is not what counts.
    expect(await choiceOf([...two, [away(101, 10)]], 0.5)).toMatchObject({ index: 1, meanGap: 3 });
  });

  it("says why where none went on", async () => {
    expect(await choiceOf([[failed], [failed]], 0.5)).toEqual({
      reason:
        "selection: expected a configuration of finetune that works, found that all 2 failed; search another range.",
    });
  });
});
