import type { MechanismPart } from "../mechanisms.ts";
import { overSeeds } from "../over-seeds.ts";
import type { Figure } from "../render-svg.ts";
import { intervalFigure } from "./interval-points.ts";

/** The series of one part with their intervals. */
export function mechanismFigure({ id, title, x, y, series }: MechanismPart): Figure | undefined {
  const points = series.flatMap(({ name, points: measured }) =>
    measured.map((point) => ({ series: name, x: point.x, over: overSeeds(point.values) })),
  );
  return intervalFigure(points, {
    id: `mechanism-${id}`,
    title,
    xTitle: x.isNumber ? x.name : "",
    yTitle: y.name,
    reference: y.reference,
  });
}
