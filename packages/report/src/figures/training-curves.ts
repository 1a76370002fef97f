import { dashes, colours, type Figure } from "../render-svg.ts";
import type { Result } from "../result.ts";
import { thinSeries } from "../thin-series.ts";

/** One figure for each series of the training curves, with a line for the original and one for the retrained model. */
export function trainingCurveFigures({ curves }: Result): Figure[] {
  const names = [...new Set([...Object.keys(curves.original), ...Object.keys(curves.retrain)])];
  const models = ["original", "retrain"] as const;
  return names.flatMap((name, i) => {
    const present = models.filter((model) => (curves[model][name] ?? []).length > 0);
    if (present.length === 0) return [];
    const last = present.map((model) => `${model} ${shortNumber(curves[model][name]?.at(-1) as number)}`);
    return [
      {
        id: `training-${i}`,
        title: seriesTitle(name),
        alt: `Lines over epochs. At the end: ${last.join(", ")}.`,
        spec: {
          width: 290,
          height: 170,
          data: {
            values: present.flatMap((model) =>
              thinSeries(curves[model][name] as readonly number[]).map(({ step, value }) => ({
                model,
                step,
                value,
              })),
            ),
          },
          mark: { type: "line", strokeWidth: 2 },
          encoding: {
            x: { field: "step", type: "quantitative", title: "epoch", axis: { tickMinStep: 1, grid: false } },
            y: { field: "value", type: "quantitative", title: null, scale: { zero: false } },
            color: {
              field: "model",
              type: "nominal",
              scale: { domain: [...models], range: colours.series.slice(0, 2) },
              legend: { orient: "top", title: null, symbolType: "stroke" },
            },
            strokeDash: {
              field: "model",
              type: "nominal",
              scale: { domain: [...models], range: dashes.slice(0, 2).map((dash) => [...dash]) },
            },
          },
        },
      },
    ];
  });
}

/** `valAccuracyPercent` as "val accuracy, in percent". */
export function seriesTitle(name: string): string {
  const words = name.replace(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  const title = words.replace(/ percent$/, ", in percent");
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** Four significant digits. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
