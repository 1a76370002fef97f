import { describe, expect, it } from "vitest";

import { intervalFigure } from "../../src/figures/interval-points.ts";
import { studyGapFigure } from "../../src/figures/study-gaps.ts";
import { overSeeds } from "../../src/over-seeds.ts";
import { renderSvgFile } from "../../src/render-svg.ts";
import { exampleStudy, exampleSweep } from "../example-study.ts";

describe("intervalFigure", () => {
  it("says means and intervals in words, and cuts long bars at its edge", () => {
    const figure = intervalFigure(
      [
        { series: "a", x: 0.1, over: overSeeds([1, 2]) },
        { series: "a", x: 0.3, over: overSeeds([2, 2]) },
      ],
      { id: "f", title: "t", xTitle: "x", yTitle: "gap", range: [0, 100] },
    );
    expect(figure?.alt).toBe("Lines with 95 % intervals; gap. a at 0.1: 1.5 ± 6.353; a at 0.3: 2 ± 0.");
    const lows = JSON.stringify(figure?.spec).match(/"low":-?[\d.]+/g);
    expect(lows).toEqual(['"low":0.5', '"low":2']);
  });

  it("has no end where the quantity has none, and none below the least that it can be", () => {
    const points = [
      { series: "a", x: 0.1, over: overSeeds([0.01, 0.2]) },
      { series: "a", x: 0.3, over: overSeeds([5, 5]) },
    ];
    const range = [0, Number.POSITIVE_INFINITY] as const;
    const figure = intervalFigure(points, { id: "f", title: "t", xTitle: "x", yTitle: "cost", range });
    expect(JSON.stringify(figure?.spec).match(/"domain":\[[\d.,-]+\]/)?.[0]).toMatch(/^"domain":\[0,[5-8]/);
  });

  it("is absent without a number", () => {
    const points = [{ series: "a", x: "b", over: overSeeds([]) }];
    expect(intervalFigure(points, { id: "f", title: "t", xTitle: "", yTitle: "" })).toBeUndefined();
  });
});

describe("the Avg. Gap of a study as a figure", () => {
  it("has the noise floor as a band, and a shape for each data regime", async () => {
    const figure = studyGapFigure(exampleStudy);
    // Floors 1.1, 1.2, 1.3: half 0.248.
    expect(figure?.alt).toContain(
      "Line across: noise floor of held-out retrained models, 1.2, its band from 0.9516 to 1.448.",
    );
    const spec = JSON.stringify(figure?.spec);
    expect(spec).toContain('"range":["circle","square"]');
    const svg = await renderSvgFile(figure!);
    expect(svg).toContain("mark-rect");
    expect(studyGapFigure(exampleSweep)?.alt).not.toContain("Line across");
  });
});
