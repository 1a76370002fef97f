import type { OverSeeds } from "../over-seeds.ts";
import type { Figure } from "../render-svg.ts";
import { studyAttackSummaries } from "../study-attacks.ts";
import { studySummaries, type StudySummary } from "../study-summary.ts";
import type { Study } from "../study.ts";
import { sharedMark } from "../table-cells.ts";
import type { IntervalPoint } from "./interval-parts.ts";
import { intervalFigure } from "./interval-points.ts";

/** A quantity of each row, with what its axis says. */
interface Quantity {
  readonly id: string;
  readonly yTitle: string;
  readonly range: readonly [number, number];
  read(summary: StudySummary): OverSeeds;
}

const quantities: readonly Quantity[] = [
  { id: "ua", yTitle: "UA, in percent", range: [0, 100], read: ({ ua }) => ua },
  { id: "ra", yTitle: "RA, in percent", range: [0, 100], read: ({ ra }) => ra },
  { id: "ta", yTitle: "TA, in percent", range: [0, 100], read: ({ ta }) => ta },
  {
    id: "mia",
    yTitle: "MIA-efficacy, in percent",
    range: [0, 100],
    read: ({ miaEfficacy }) => miaEfficacy,
  },
  { id: "auc", yTitle: "|AUC - 1/2| of p_y", range: [0, 0.5], read: ({ aucDistance }) => aucDistance },
  {
    id: "cost",
    yTitle: "Seconds, as a share of one retraining",
    range: [0, Number.POSITIVE_INFINITY],
    read: ({ shares }) => shares.seconds,
  },
];

/**
 * How single quantities of each row, the retrained one included, go along an axis of numbers, such as requests that arrive
 * one after another: the metrics, the strength of each evaluator, and the cost. None for a study without such an axis.
 */
export function studyCourseFigures(study: Study): Figure[] {
  const { axis } = study;
  if (axis === undefined || axis.values.some((value) => typeof value !== "number")) return [];
  const figure = (
    points: readonly IntervalPoint[],
    { id, yTitle, range }: Omit<Quantity, "read">,
  ): Figure | undefined =>
    intervalFigure(points, {
      id: `study-course-${id}`,
      title: `${yTitle} over ${axis.key}`,
      xTitle: axis.key,
      yTitle,
      range,
    });
  const summaries = studySummaries(study);
  const ofMetrics = quantities.map((quantity) =>
    figure(
      summaries.map((summary) => ({
        series: summary.row.label,
        x: summary.value as number,
        over: quantity.read(summary),
      })),
      quantity,
    ),
  );
  const attacks = studyAttackSummaries(study).filter(({ role }) => role !== "original");
  const ofAttacks = [...new Set(attacks.map(({ attack }) => attack))].map((attack) =>
    figure(
      attacks
        .filter((found) => found.attack === attack)
        .map(({ model, value, aucDistance, marks }) => ({
          series: marks.length === 0 ? model : `${model}${sharedMark}`,
          x: value as number,
          over: aucDistance,
        })),
      { id: attack, yTitle: `|AUC - 1/2| of ${attack}`, range: [0, 0.5] },
    ),
  );
  return [...ofMetrics, ...ofAttacks].filter((each) => each !== undefined);
}
