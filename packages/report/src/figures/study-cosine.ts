import { colours, type Figure } from "../render-svg.ts";
import type { AxisValue, Study } from "../study.ts";
import { shortNumber } from "./training-curves.ts";

/**
 * The cosine of remembering and forgetting gradient over the course of the runs: one small figure for each row, its
 * seeds as thin lines, their mean as a thick one. With an axis the runs at each of its values have a row of figures.
 */
export function studyCosineFigure(study: Study): Figure | undefined {
  const nameOf = (row: string, value: AxisValue | undefined): string =>
    value === undefined ? row : `${row}, ${study.axis?.key} ${String(value)}`;
  const lines = study.runs.flatMap(({ row, seed, value, cosine }) =>
    cosine === undefined || cosine.length === 0 ? [] : [{ name: nameOf(row, value), seed, cosine }],
  );
  if (lines.length === 0) return undefined;
  const names = [...new Set(lines.map(({ name }) => name))];
  const values = lines.flatMap(({ name, seed, cosine }) =>
    cosine.map((value, i) => ({ name, seed, at: (100 * (i + 0.5)) / cosine.length, cosine: value })),
  );
  const means = names.map((name) => {
    const all = values.filter((value) => value.name === name).map(({ cosine }) => cosine);
    return `${name} ${shortNumber(all.reduce((a, b) => a + b, 0) / all.length)}`;
  });
  const x = {
    field: "at",
    type: "quantitative" as const,
    title: "share of the run, in percent",
    axis: { grid: false, tickCount: 3 },
    scale: { domain: [0, 100] },
  };
  return {
    id: "study-cosine",
    title: "Cosine of remembering and forgetting gradient over the course of each run",
    alt: `Small line figures, one a row. Mean cosine: ${means.join(", ")}.`,
    spec: {
      data: { values },
      facet: {
        field: "name",
        type: "nominal",
        sort: names,
        title: null,
        header: { labelFontSize: 11, labelLimit: 0, labelColor: colours.text },
      },
      columns: 3,
      spacing: { column: 14, row: 16 },
      spec: {
        width: 260,
        height: 70,
        layer: [
          {
            mark: { type: "rule", color: colours.muted, strokeDash: [3, 3] },
            encoding: { y: { datum: 0 } },
          },
          {
            mark: { type: "line", strokeWidth: 0.8, opacity: 0.55, color: colours.series[0] },
            encoding: {
              x,
              y: { field: "cosine", type: "quantitative", title: null, axis: { tickCount: 3 } },
              detail: { field: "seed", type: "nominal" },
            },
          },
          {
            mark: { type: "line", strokeWidth: 1.8, color: colours.series[0] },
            encoding: { x, y: { field: "cosine", aggregate: "mean", title: null } },
          },
        ],
      },
    } as unknown as Figure["spec"],
  };
}
