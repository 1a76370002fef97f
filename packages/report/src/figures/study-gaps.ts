import { studySummaries } from "../study-summary.ts";
import type { Study } from "../study.ts";
import type { Figure } from "../render-svg.ts";
import { intervalFigure } from "./interval-points.ts";

/** Avg. Gap of each row with its interval; over the axis of the study where it has one. */
export function studyGapFigure(study: Study): Figure | undefined {
  const { axis, seeds } = study;
  const isNumber = axis?.values.every((value) => typeof value === "number") === true;
  const points = studySummaries(study)
    .filter(({ row }) => row.method !== "retrain")
    .map(({ row, value, gap }) => {
      const x = axis === undefined ? row.label : isNumber ? (value as number) : String(value);
      return { series: axis === undefined ? "" : row.label, x, over: gap };
    });
  return intervalFigure(points, {
    id: "study-gaps",
    title: `Avg. Gap to the retrained model${axis === undefined ? "" : ` over ${axis.key}`}, ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}`,
    xTitle: axis?.key ?? "",
    yTitle: "Avg. Gap, in points",
    range: [0, 100],
  });
}
