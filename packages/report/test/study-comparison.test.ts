import { describe, expect, it } from "vitest";

import { studyComparisons, studyMarkdown, studyTable, type Study } from "../src/index.ts";
import { exampleStudy, exampleSweep } from "./example-study.ts";

const cost = (imagesForward: number): { imagesForward: number; imagesBackward: number; steps: number } => ({
  imagesForward,
  imagesBackward: imagesForward / 2,
  steps: 3,
});
const study: Study = {
  ...exampleStudy,
  against: "LTU",
  runs: exampleStudy.runs.map((run) => ({ ...run, cost: cost(run.row === "retrain" ? 2000 : 250) })),
};

describe("the comparisons of a study", () => {
  it("pair every row with one, seed by seed, and rank where intervals separate", () => {
    const found = studyComparisons(study);
    expect(found.map(({ summary, rank }) => [summary.row.label, rank])).toEqual([
      ["do-nothing", 4],
      ["LTU", 1],
      ["no anchor", 3],
      ["second order", 1],
    ]);
    const [first, own] = found;
    expect(own?.comparison).toBeUndefined();
    // Gaps 30, 31, 32 minus 2, 3, 4: the same at every seed, so there is no t; the signs of three pairs give 2 / 2^3.
    expect(first?.comparison?.comparison).toMatchObject({
      difference: { mean: 28, half: 0 },
      signFlipP: 0.25,
    });
    // Three comparisons: Holm makes 0.25 to 0.75.
    expect(first?.comparison?.adjusted.signFlipP).toBe(0.75);
  });

  it("give one rank to rows that no interval tells apart, and none of another metric", () => {
    const near: Study = {
      ...study,
      runs: study.runs.map((run) =>
        run.row === "no anchor" && "value" in run.gap ? { ...run, gap: { ...run.gap, value: 3 } } : run,
      ),
    };
    const ranks = studyComparisons(near).map(({ summary, rank }) => [summary.row.label, rank]);
    expect(ranks).toEqual([
      ["do-nothing", 4],
      ["LTU", 1],
      ["no anchor", 1],
      ["second order", 1],
    ]);
  });

  it("leave out a row that lacks a seed, and say so", () => {
    const lacking: Study = {
      ...study,
      runs: study.runs.map((run) =>
        run.row === "no anchor" && run.seed === 2 ? { ...run, gap: { reason: "FAILED" } } : run,
      ),
    };
    const found = studyComparisons(lacking).find(({ summary }) => summary.row.label === "no anchor");
    expect(found?.comparison).toBeUndefined();
    expect(studyTable(lacking, { width: 1000 })).toContain("A dash: a seed has no Avg. Gap");
  });

  it("are made at each value of an axis", () => {
    const found = studyComparisons({ ...exampleSweep, against: "LTU" });
    expect(found.map(({ summary }) => `${summary.row.label} ${String(summary.value)}`)).toEqual([
      "do-nothing 0.1",
      "LTU 0.1",
      "do-nothing 0.3",
      "LTU 0.3",
    ]);
  });

  it("stand below the table, with the cost as a share of retraining", () => {
    const text = studyTable(study, { width: 1000 });
    expect(text).toMatch(/no anchor +30 % +10\.17 ± 2\.59 +3 +\+7\.17 ± 0\.72 +0\.00\d +0\.750/);
    expect(text).toContain("with 3 seeds no p of signs is below 0.25 before the correction");
    expect(text).not.toContain("they are not ranked");
    const markdown = studyMarkdown(study);
    // 250 of 2,000 images; 5 s, half of a retraining.
    expect(markdown).toContain("| LTU | 30 % | 250 (13 %) | 125 (13 %) | 5.0 (50 %) |");
    expect(studyMarkdown(exampleStudy)).not.toContain("Backward");
    expect(studyTable(exampleStudy)).not.toContain("Rank");
  });
});
