import type { ClassView } from "@ltu/metrics";
import { describe, expect, it } from "vitest";

import { neighboursOf, neighbourView, parseStudy, studyMarkdown, type Study } from "../src/index.ts";
import { studyClassFigure } from "../src/figures/study-classes.ts";
import { studyClassSummaries } from "../src/study-class-cells.ts";
import { exampleStudy } from "./example-study.ts";

/** Class 1 of five is forgotten; class 3 has no test image. */
const original: ClassView = {
  forgotten: 1,
  unseenUa: 30,
  accuracy: [80, 70, 60, null, 50],
  toForgotten: [5, 70, 20, null, 20],
  answers: { forget: [0, 100, 0, 0, 0], unseen: [10, 70, 20, 0, 0] },
};

describe("the classes beside a forgotten one", () => {
  it("are those that the original takes most for it, without itself and classes without images", () => {
    expect(neighboursOf(original)).toEqual([2, 4, 0]);
  });

  it("are seen under one model, or as the mean of several", () => {
    const options = { neighbours: [2, 0], names: ["a", "b", "c", "d", "e"] };
    const other: ClassView = {
      ...original,
      unseenUa: 100,
      accuracy: [90, 0, 40, null, 50],
      toForgotten: [0, 0, 0, null, 0],
    };
    expect(neighbourView([original, other], options)).toEqual({
      unseenUa: 65,
      neighbours: [
        { name: "c", accuracy: 50, toForgotten: 10 },
        { name: "a", accuracy: 85, toForgotten: 2.5 },
      ],
    });
    expect(neighbourView([original, { reason: "FAILED" }], options)).toBeUndefined();
    expect(neighbourView([undefined], options)).toBeUndefined();
  });
});

describe("a study that forgets a class", () => {
  const study: Study = {
    ...exampleStudy,
    runs: exampleStudy.runs.map((run) => ({
      ...run,
      classes: {
        unseenUa: 100,
        neighbours: [
          { name: "c", accuracy: run.row === "retrain" ? 60 : 50 - run.seed, toForgotten: 0 },
          { name: "a", accuracy: 80, toForgotten: 2 },
        ],
      },
    })),
  };

  it("compares the neighbours with those under the retrained model of the same seed", () => {
    const found = studyClassSummaries(parseStudy(JSON.parse(JSON.stringify(study))));
    const ltu = found.find(({ row }) => row.label === "LTU");
    // Means of (50 - seed) and 80 minus the mean of 60 and 80.
    expect(ltu?.change.values).toEqual([-5.5, -6, -6.5]);
    expect(ltu?.neighbours).toEqual(["c", "a"]);
    expect(ltu?.toForgotten.mean).toBe(1);
    expect(studyMarkdown(study)).toMatch(/\| LTU +\|.*\| -6\.0 ± 1\.2 +\| 1\.0/);
    expect(studyMarkdown(study)).toContain("Neighbours, of all seeds: c, a.");
    expect(studyClassFigure(study)?.alt).toContain("LTU: -6");
  });

  it("has no such table where none was forgotten", () => {
    expect(studyClassSummaries(exampleStudy)).toEqual([]);
    expect(studyMarkdown(exampleStudy)).not.toContain("Neighbours");
    expect(studyClassFigure(exampleStudy)).toBeUndefined();
  });
});
