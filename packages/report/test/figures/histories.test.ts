import { describe, expect, it } from "vitest";

import { seriesTitle, trainingCurveFigures } from "../../src/figures/training-curves.ts";
import { historyFigures } from "../../src/figures/unlearning-history.ts";
import { exampleResult } from "../example-result.ts";

describe("trainingCurveFigures", () => {
  it("draws each series of either model once", () => {
    expect(trainingCurveFigures(exampleResult).map(({ title }) => title)).toEqual([
      "Loss",
      "Accuracy, in percent",
      "Val accuracy, in percent",
    ]);
    const curves = { original: { loss: [3, 2] }, retrain: {} };
    const [figure] = trainingCurveFigures({ ...exampleResult, curves });
    expect(figure?.alt).toBe("Lines over epochs. At the end: original 2.");
  });
});

describe("seriesTitle", () => {
  it("turns a name into words", () => {
    expect(seriesTitle("valAccuracyPercent")).toBe("Val accuracy, in percent");
    expect(seriesTitle("loss")).toBe("Loss");
  });
});

describe("historyFigures", () => {
  it("draws the losses of each row, then cosine and conflicts of all rows, and the rest apart", () => {
    const { main, further } = historyFigures(exampleResult);
    expect(main.map(({ title }) => title)).toEqual([
      "Losses of LTU literal",
      "Losses of LTU recommended",
      "Cosine between remembering and forgetting gradient",
      "Share of steps whose gradients conflict (over a tenth of the run)",
    ]);
    expect(further.map(({ title }) => title)).toEqual([
      "Norm of the remembering gradient",
      "Norm of the forgetting gradient",
    ]);
  });

  it("is empty where no run of LTU recorded anything", () => {
    const rows = exampleResult.rows.filter(({ method }) => method !== "ltu");
    expect(historyFigures({ ...exampleResult, rows })).toEqual({ main: [], further: [] });
  });
});
