import { colours, type Figure } from "../render-svg.ts";
import {
  barOf,
  domainOf,
  referenceRule,
  type IntervalFigureOptions,
  type IntervalPoint,
} from "./interval-parts.ts";

const shapes = ["circle", "square", "triangle-up", "diamond"];

/** Means as rows from top to bottom, a shape for each kind of point. */
export function rowSpec(points: readonly IntervalPoint[], options: IntervalFigureOptions): Figure["spec"] {
  const domain = domainOf(points, options);
  const names = [...new Set(points.map(({ series }) => series))];
  const rows = [...new Set(points.map(({ x }) => String(x)))];
  const x = (field: string): object => ({
    field,
    type: "quantitative",
    title: options.yTitle,
    scale: { domain, nice: false, zero: false },
  });
  const y = {
    field: "row",
    type: "nominal",
    sort: rows,
    title: options.xTitle === "" ? null : options.xTitle,
    axis: { labelLimit: 420, grid: true, gridDash: [1, 3], labelPadding: 8 },
    scale: { domain: rows },
  };
  const color = {
    field: "series",
    type: "nominal",
    scale: { domain: names, range: [...colours.series] },
    legend:
      names.length > 1
        ? { orient: "top", title: null, columns: 2, labelLimit: 320, symbolOpacity: 1, symbolType: "circle" }
        : null,
  };
  const offset =
    names.length > 1 ? { yOffset: { field: "series", scale: { domain: names, paddingOuter: 0.4 } } } : {};
  const place = (p: IntervalPoint): object => ({ series: p.series, row: String(p.x), kind: p.kind ?? "" });
  const kinds = [...new Set(points.map(({ kind }) => kind ?? ""))];
  const shape =
    kinds.length < 2
      ? {}
      : {
          shape: {
            field: "kind",
            type: "nominal",
            scale: { domain: kinds, range: kinds.map((_, i) => shapes[i % shapes.length]) },
            legend: { orient: "bottom", title: options.kindTitle ?? null, symbolOpacity: 1 },
          },
        };
  return {
    width: options.width ?? 420,
    height: { step: names.length > 1 ? 9 * names.length + 4 : 20, for: "position" },
    layer: [
      ...referenceRule(options, "x", domain),
      {
        data: {
          values: points
            .filter(({ over }) => over.interval)
            .map((p) => ({ ...place(p), ...barOf(p, domain) })),
        },
        mark: { type: "rule", strokeWidth: 1.6 },
        encoding: { x: x("low"), x2: { field: "high" }, y, ...offset, color },
      },
      {
        data: {
          values: points.flatMap((p) => p.over.values.map((value) => ({ ...place(p), value }))),
        },
        mark: { type: "point", filled: true, size: 14, opacity: 0.55 },
        encoding: { x: x("value"), y, ...offset, color },
      },
      {
        data: { values: points.map((p) => ({ ...place(p), value: p.over.mean })) },
        mark: { type: "point", filled: true, size: 60, opacity: 1 },
        encoding: { x: x("value"), y, ...offset, color, ...shape },
      },
    ],
  } as Figure["spec"];
}
