import { describe, expect, it } from "vitest";

import { studyCourseFigures } from "../../src/figures/study-course.ts";
import { renderSvgFile } from "../../src/render-svg.ts";
import type { Study } from "../../src/study.ts";
import { exampleStudy, exampleSweep } from "../example-study.ts";

describe("the course of a study along its axis", () => {
  it("has a figure for each metric, each evaluator and the cost, the retrained model among the rows", async () => {
    const { values } = exampleSweep.axis as NonNullable<Study["axis"]>;
    const reading = { reason: "NO_SHADOWS", detail: "none" };
    const strength = {
      auc: 0.7,
      aucInterval: { low: 0.6, high: 0.8 },
      tpr: [],
      turnedTpr: [],
      smallestFpr: 0.01,
      samples: { forget: 10, unseen: 10, leftOut: 0 },
    };
    const study: Study = {
      ...exampleSweep,
      attacks: values.flatMap((value) =>
        [1, 2, 3].flatMap((seed) => [
          { role: "row" as const, model: "LTU", seed, value, attack: "rmia", reading: strength },
          {
            role: "held-out oracle" as const,
            model: "held-out oracle 1",
            seed,
            value,
            attack: "rmia",
            reading: { ...strength, auc: 0.5 },
          },
          { role: "row" as const, model: "LTU", seed, value, attack: "lira", reading },
        ]),
      ),
    };
    const figures = studyCourseFigures(study);
    expect(figures.map(({ id }) => id)).toEqual(
      ["ua", "ra", "ta", "mia", "auc", "cost", "rmia"].map((name) => `study-course-${name}`),
    );
    const [ua] = figures;
    expect(ua?.alt).toContain("retrain at");
    expect(figures.at(-1)?.alt).toMatch(/LTU at .*: 0\.2/);
    expect(figures.at(-1)?.alt).toMatch(/held-out oracle at .*: 0 ± 0/);
    expect(await renderSvgFile(figures[0]!)).toMatch(/^<svg/);
  });

  it("has none without an axis of numbers", () => {
    expect(studyCourseFigures(exampleStudy)).toEqual([]);
    const named = { key: "forget.class", values: ["cat", "dog"] };
    expect(studyCourseFigures({ ...exampleStudy, axis: named })).toEqual([]);
  });
});
