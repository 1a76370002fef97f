import { describe, expect, it } from "vitest";

import { gapPartsFigure } from "../../src/figures/gap-parts.ts";
import type { Figure } from "../../src/render-svg.ts";
import { exampleResult, withoutOracle } from "../example-result.ts";

describe("gapPartsFigure", () => {
  it("draws bars whose parts add up to Avg. Gap", () => {
    const figure = gapPartsFigure(exampleResult) as Figure;
    const { values } = (figure.spec as { data: { values: { label: string; points: number }[] } }).data;
    const length = values
      .filter(({ label }) => label === "LTU recommended")
      .reduce((sum, { points }) => sum + points, 0);
    // (1.8 + 1.1 + 2.6 + 0.8) / 4
    expect(length).toBeCloseTo(1.575, 10);
    expect(figure.alt).toContain("do-nothing 32.3");
  });

  it("leaves out the retrained model and rows without a gap", () => {
    const rows = exampleResult.rows.map((row) =>
      row.label === "finetune" ? { ...row, gap: { reason: "NO_SIGNAL" } as const } : row,
    );
    const { alt } = gapPartsFigure({ ...exampleResult, rows }) as Figure;
    expect(alt).not.toContain("retrain ");
    expect(alt).not.toContain("finetune");
  });

  it("does not exist without a retrained model", () => {
    expect(gapPartsFigure(withoutOracle())).toBeUndefined();
  });
});
