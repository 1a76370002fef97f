import { colours, dashes, type Figure } from "../render-svg.ts";
import {
  barOf,
  domainOf,
  referenceRule,
  type IntervalFigureOptions,
  type IntervalPoint,
} from "./interval-parts.ts";

/** Means as lines over a number, bars of different series beside each other. */
export function lineSpec(points: readonly IntervalPoint[], options: IntervalFigureOptions): Figure["spec"] {
  const domain = domainOf(points, options);
  const names = [...new Set(points.map(({ series }) => series))];
  const xs = points.map(({ x }) => x as number);
  const width = options.width ?? 420;
  // Bars of different series stand beside each other, a few pixels apart.
  const step = (4 * (Math.max(...xs) - Math.min(...xs) || 1)) / width;
  const shifted = (point: IntervalPoint): number =>
    (point.x as number) + (names.indexOf(point.series) - (names.length - 1) / 2) * step;
  const scale = { domain: names };
  const y = (field: string): object => ({ field, type: "quantitative", scale: { domain, nice: false } });
  const x = {
    field: "x",
    type: "quantitative",
    title: options.xTitle,
    scale: { zero: false, padding: 12 },
    axis: { grid: false, values: [...new Set(xs)], labelExpr: "toString(datum.value)" },
  };
  const color = {
    field: "series",
    type: "nominal",
    scale: { ...scale, range: [...colours.series] },
    legend: { orient: "top", title: null, symbolType: "stroke", columns: 2, labelLimit: 320 },
  };
  return {
    width,
    height: 260,
    layer: [
      ...referenceRule(options, "y", domain),
      {
        data: { values: points.map((p) => ({ series: p.series, x: shifted(p), y: p.over.mean })) },
        mark: { type: "line", strokeWidth: 2, point: { size: 45, filled: true } },
        encoding: {
          x,
          y: { ...y("y"), title: options.yTitle },
          color,
          strokeDash: {
            field: "series",
            type: "nominal",
            scale: { ...scale, range: dashes.map((dash) => [...dash]) },
          },
        },
      },
      {
        data: {
          values: points
            .filter(({ over }) => over.interval)
            .map((p) => ({ series: p.series, x: shifted(p), ...barOf(p, domain) })),
        },
        mark: { type: "rule", strokeWidth: 1.3, opacity: 0.75 },
        encoding: { x, y: y("low"), y2: { field: "high" }, color },
      },
      {
        data: {
          values: points.flatMap((p) =>
            p.over.values.map((value) => ({ series: p.series, x: shifted(p), y: value })),
          ),
        },
        mark: { type: "point", filled: true, size: 12, opacity: 0.55 },
        encoding: { x, y: y("y"), color },
      },
    ],
  } as Figure["spec"];
}
