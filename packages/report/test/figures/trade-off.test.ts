import { describe, expect, it } from "vitest";

import { tradeOffFigure } from "../../src/figures/trade-off.ts";
import type { Figure } from "../../src/render-svg.ts";
import { exampleResult, withoutOracle } from "../example-result.ts";

describe("tradeOffFigure", () => {
  it("names every point and the target", () => {
    const { alt } = tradeOffFigure(exampleResult) as Figure;
    expect(alt).toContain("LTU recommended 49.8 and 46.1");
    expect(alt).toContain("The target is the retrained model's point.");
  });

  it("has no target without a retrained model", () => {
    expect((tradeOffFigure(withoutOracle()) as Figure).alt).not.toContain("target");
  });

  it("leaves out what was not measured, and itself when nothing was", () => {
    const missing = { reason: "NOT_RUN" } as const;
    const rows = exampleResult.rows.map((row) => ({ ...row, metrics: { ...row.metrics, ua: missing } }));
    expect(tradeOffFigure({ ...exampleResult, rows })).toBeUndefined();
  });

  it("draws the points over all labels, so that none is hidden", () => {
    const { spec } = tradeOffFigure(exampleResult) as Figure;
    const marks = (spec as unknown as { layer: { mark: { type: string } }[] }).layer.map(
      ({ mark }) => mark.type,
    );
    expect(marks.at(-1)).toBe("point");
    expect(marks.indexOf("text")).toBeGreaterThan(-1);
    expect(marks.filter((type) => type === "point")).toHaveLength(1);
  });

  it("keeps labels of equal points apart", () => {
    const metrics = exampleResult.rows[0]?.metrics;
    const rows = exampleResult.rows.map((row) => ({ ...row, metrics: metrics as typeof row.metrics }));
    const figure = tradeOffFigure({ ...exampleResult, rows }) as Figure;
    const layers = (figure.spec as unknown as { layer: { data: { values: { labelTa?: number }[] } }[] })
      .layer;
    const heights = layers.flatMap(({ data }) => data.values.flatMap(({ labelTa }) => labelTa ?? []));
    expect(new Set(heights).size).toBe(rows.length);
  });
});
