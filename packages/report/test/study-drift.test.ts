import { describe, expect, it } from "vitest";

import { studyDrift, type Study } from "../src/index.ts";
import { exampleStudy, exampleSweep } from "./example-study.ts";

/** The example with every number of a row moved. */
const moved = (row: string, points: number, study: Study = exampleStudy): Study => ({
  ...study,
  runs: study.runs.map((run) =>
    run.row === row && "value" in run.gap
      ? {
          ...run,
          metrics: { ...run.metrics, ua: (run.metrics.ua as number) + points },
          gap: { ...run.gap, value: run.gap.value + points / 4 },
        }
      : run,
  ),
});
const atSeeds = (study: Study, seeds: readonly number[]): Study => ({
  ...study,
  seeds,
  runs: study.runs.filter(({ seed }) => seeds.includes(seed)),
});
const left = (again: Study): string[] =>
  studyDrift(exampleStudy, again)
    .filter(({ hasLeft }) => hasLeft)
    .map(({ row, metric }) => `${row} ${metric}`);

describe("a study that was run again", () => {
  it("holds its numbers where nothing has moved: five of each row, four of the retrained model", () => {
    expect(left(exampleStudy)).toEqual([]);
    expect(studyDrift(exampleStudy, exampleStudy)).toHaveLength(5 * 5 - 1);
  });

  it("names the numbers that left their intervals", () => {
    // LTU: UA 48, 47, 46, half of its interval 2.48, and half of a printed digit.
    expect(left(moved("LTU", 2.5))).toEqual([]);
    expect(left(moved("LTU", 2.6))).toEqual(["LTU UA"]);
    expect(left(moved("LTU", -12))).toEqual(["LTU UA", "LTU Avg. Gap"]);
    const drift = studyDrift(exampleStudy, moved("LTU", 2.6)).find(({ hasLeft }) => hasLeft);
    expect(drift).toMatchObject({ stored: 47, found: expect.closeTo(49.6), high: expect.closeTo(49.534, 3) });
  });

  it("has wider intervals at fewer seeds, corrected for the count of numbers", () => {
    expect(left(atSeeds(exampleStudy, [1]))).toEqual([]);
    expect(left(atSeeds(moved("LTU", 2.6), [1]))).toEqual([]);
    const [same, fewer] = [exampleStudy, atSeeds(exampleStudy, [1])].map((again) =>
      studyDrift(exampleStudy, again).find(({ row, metric }) => row === "LTU" && metric === "UA"),
    );
    // t of 2 degrees of freedom at 1 - 0.05 / 24 is 21.9; times sqrt(1/3 + 1).
    expect(fewer!.high - fewer!.stored).toBeCloseTo(21.9 * Math.sqrt(4 / 3), 0);
    expect(same!.high - same!.stored).toBeCloseTo(2.53, 2);
  });

  it("has left where the new run has no number", () => {
    const again = {
      ...exampleStudy,
      runs: exampleStudy.runs.map((run) =>
        run.row === "LTU" ? { ...run, gap: { reason: "FAILED" as const } } : run,
      ),
    };
    expect(left(again)).toEqual(["LTU Avg. Gap"]);
  });

  it("is compared at the values that both have", () => {
    const again: Study = {
      ...exampleSweep,
      axis: { key: "retainFraction", values: [0.3] },
      runs: exampleSweep.runs.filter(({ value }) => value === 0.3),
    };
    expect(new Set(studyDrift(exampleSweep, again).map(({ value }) => value))).toEqual(new Set([0.3]));
  });
});
