import { isMissing } from "../reasons.ts";
import { colours, type Figure } from "../render-svg.ts";
import { oracleRow, type Result } from "../result.ts";

const parts = { ua: "UA", ra: "RA", ta: "TA", miaEfficacy: "MIA" } as const;

/**
 * Bars whose length is Avg. Gap and whose parts are what UA, RA, TA and MIA-efficacy add to it (a quarter of
 * each distance); `undefined` without a retrained model.
 */
export function gapPartsFigure(result: Result): Figure | undefined {
  if (oracleRow(result) === undefined) return undefined;
  const measured = result.rows.flatMap(({ label, method, gap }) =>
    isMissing(gap) || method === "retrain" ? [] : [{ label, gap }],
  );
  if (measured.length === 0) return undefined;
  const bars = measured.flatMap(({ label, gap }) =>
    (Object.keys(parts) as (keyof typeof parts)[]).map((part, order) => ({
      label,
      part: parts[part],
      order,
      points: gap.parts[part] / 4,
    })),
  );
  const labels = measured.map(({ label }) => label);
  return {
    id: "gap-parts",
    title: "What the Avg. Gap of each method is made of",
    alt: `Stacked bars, one a method. Avg. Gap in points: ${measured
      .map(({ label, gap }) => `${label} ${gap.value.toFixed(1)}`)
      .join(", ")}.`,
    spec: {
      width: 280,
      height: { step: 30 },
      data: { values: bars },
      encoding: {
        y: { field: "label", type: "nominal", sort: labels, title: null, axis: { labelLimit: 240 } },
      },
      layer: [
        {
          mark: { type: "bar", height: { band: 0.7 }, stroke: colours.background, strokeWidth: 1 },
          encoding: {
            x: { field: "points", type: "quantitative", stack: "zero", title: "Avg. Gap, in points" },
            order: { field: "order" },
            color: {
              field: "part",
              type: "nominal",
              scale: { domain: Object.values(parts), range: colours.series.slice(0, 4) },
              legend: { orient: "top", title: null },
            },
          },
        },
        {
          data: {
            values: measured.map(({ label, gap }) => ({
              label,
              total: gap.value,
              text: gap.value.toFixed(1),
            })),
          },
          mark: { type: "text", align: "left", dx: 4, fontSize: 11 },
          encoding: { x: { field: "total", type: "quantitative" }, text: { field: "text" } },
        },
      ],
    },
  };
}
