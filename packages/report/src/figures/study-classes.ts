import type { Figure } from "../render-svg.ts";
import { studyClassSummaries } from "../study-class-cells.ts";
import type { Study } from "../study.ts";
import { intervalFigure } from "./interval-points.ts";

/** What forgetting a class did to the classes beside it: their accuracy minus that under retrained models. */
export function studyClassFigure(study: Study): Figure | undefined {
  const { axis } = study;
  const points = studyClassSummaries(study)
    .filter(({ row }) => row.method !== "retrain")
    .map(({ row, value, change }) => ({
      series: value === undefined ? "" : String(value),
      x: row.label,
      over: change,
    }));
  return intervalFigure(points, {
    id: "study-classes",
    title: `Accuracy on the classes beside the forgotten one, against the retrained model${axis === undefined ? "" : `, by ${axis.key}`}`,
    xTitle: "",
    yTitle: "Accuracy minus that of the retrained model, in points",
    reference: 0,
  });
}
