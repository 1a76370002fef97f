import { studySummaries } from "../study-summary.ts";
import { studyNoiseFloor } from "../study-noise-floor.ts";
import type { Study } from "../study.ts";
import type { Figure } from "../render-svg.ts";
import { intervalFigure } from "./interval-points.ts";

/**
 * Avg. Gap of each row with its interval; over the axis of the study where it has one. The noise floor is a line across,
 * its interval a band; the data regime of a row is the shape of its point.
 */
export function studyGapFigure(study: Study): Figure | undefined {
  const { axis, seeds } = study;
  const isNumber = axis?.values.every((value) => typeof value === "number") === true;
  const points = studySummaries(study)
    .filter(({ row }) => row.method !== "retrain")
    .map(({ row, value, gap }) => {
      const x = axis === undefined ? row.label : isNumber ? (value as number) : String(value);
      return { series: axis === undefined ? "" : row.label, x, over: gap, kind: row.sees };
    });
  const { floor } = studyNoiseFloor(study);
  return intervalFigure(points, {
    id: "study-gaps",
    title: `Avg. Gap to the retrained model${axis === undefined ? "" : ` over ${axis.key}`}, ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}`,
    xTitle: axis?.key ?? "",
    yTitle: "Avg. Gap, in points",
    range: [0, 100],
    kindTitle: "sees",
    reference: floor.mean,
    referenceName: "noise floor of held-out retrained models",
    band: floor.interval && { low: Math.max(0, floor.interval.low), high: floor.interval.high },
  });
}
