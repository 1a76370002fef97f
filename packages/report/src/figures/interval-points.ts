import type { OverSeeds } from "../over-seeds.ts";
import { colours, dashes, type Figure } from "../render-svg.ts";
import { shortNumber } from "./training-curves.ts";

/** What stands below such a figure. */
export const intervalNote =
  "Large points are means, bars their 95 % intervals, small points single seeds. A bar that meets the edge goes on beyond it.";

/** One mean with its interval, at a place of the x axis. */
export interface IntervalPoint {
  readonly series: string;
  readonly x: number | string;
  readonly over: OverSeeds;
  /** Points of one kind have one shape, in figures whose rows are names. */
  readonly kind?: string;
}

/** What {@link intervalFigure} draws beside the points. */
export interface IntervalFigureOptions {
  readonly id: string;
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** A line across at this value. */
  readonly reference?: number | undefined;
  /** What that line is. */
  readonly referenceName?: string | undefined;
  /** A band across from one value to another, with the line of {@link IntervalFigureOptions.reference} in it. */
  readonly band?: { readonly low: number; readonly high: number } | undefined;
  /** What the shapes say, such as `"sees"`. */
  readonly kindTitle?: string;
  /** The lowest and highest value that the quantity can take. */
  readonly range?: readonly [number, number] | undefined;
  readonly width?: number;
}

/**
 * Means over seeds with their intervals and the single seeds as small dots: as lines where x is a number, as rows from
 * top to bottom where it is a name. Intervals that reach far beyond the data are cut at the edge of the figure.
 */
export function intervalFigure(
  points: readonly IntervalPoint[],
  options: IntervalFigureOptions,
): Figure | undefined {
  const drawn = points.filter(({ over }) => over.mean !== undefined);
  if (drawn.length === 0) return undefined;
  const { id, title } = options;
  const isNumber = drawn.every(({ x }) => typeof x === "number");
  const said = drawn.map(
    ({ series, x, over: { mean, interval } }) =>
      `${series === "" || series === String(x) ? "" : `${series} at `}${x}: ${shortNumber(mean as number)}${
        interval === undefined ? "" : ` ± ${shortNumber(interval.half)}`
      }`,
  );
  const alt = `${isNumber ? "Lines" : "Points"} with 95 % intervals; ${options.yTitle}. ${said.join("; ")}.${acrossText(options)}`;
  return { id, title, alt, spec: isNumber ? lineSpec(drawn, options) : rowSpec(drawn, options) };
}

function acrossText({ reference, referenceName, band }: IntervalFigureOptions): string {
  if (reference === undefined || referenceName === undefined) return "";
  const ends =
    band === undefined ? "" : `, its band from ${shortNumber(band.low)} to ${shortNumber(band.high)}`;
  return ` Line across: ${referenceName}, ${shortNumber(reference)}${ends}.`;
}

/** A domain that holds all seeds and means; intervals get as much room again, and are cut there. */
function domainOf(points: readonly IntervalPoint[], { reference, range }: IntervalFigureOptions): number[] {
  const values = points.flatMap(({ over }) => over.values);
  if (reference !== undefined) values.push(reference);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const spread = Math.max(high - low, Math.abs(high) / 10, 1e-6);
  const ends = points.flatMap(({ over: { interval } }) => (interval ? [interval.low, interval.high] : []));
  return [
    Math.max(low - spread / 2, Math.min(low - spread / 20, ...ends), range?.[0] ?? Number.NEGATIVE_INFINITY),
    Math.min(
      high + spread / 2,
      Math.max(high + spread / 20, ...ends),
      range?.[1] ?? Number.POSITIVE_INFINITY,
    ),
  ];
}

/** Ends of the bars inside the figure. */
function barOf({ over: { interval } }: IntervalPoint, [low, high]: readonly number[]): object {
  if (interval === undefined) return {};
  return {
    low: Math.max(interval.low, low as number),
    high: Math.min(interval.high, high as number),
  };
}

function lineSpec(points: readonly IntervalPoint[], options: IntervalFigureOptions): Figure["spec"] {
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
    legend: { orient: "top", title: null, symbolType: "stroke", columns: 2 },
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

function rowSpec(points: readonly IntervalPoint[], options: IntervalFigureOptions): Figure["spec"] {
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
    legend: names.length > 1 ? { orient: "top", title: null } : null,
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
            legend: { orient: "top", title: options.kindTitle ?? null },
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

const shapes = ["circle", "square", "triangle-up", "diamond"];

/** The line across and the band around it, beneath everything else. */
function referenceRule(
  { reference, band }: IntervalFigureOptions,
  axis: "x" | "y",
  domain: number[],
): object[] {
  const place = (datum: number): object => ({
    datum,
    type: "quantitative",
    scale: { domain, nice: false, zero: false },
  });
  const [low, high] = domain as [number, number];
  return [
    ...(band === undefined
      ? []
      : [
          {
            data: { values: [{}] },
            mark: { type: "rect", color: colours.muted, opacity: 0.18 },
            encoding: {
              [axis]: place(Math.max(band.low, low)),
              [`${axis}2`]: { datum: Math.min(band.high, high) },
            },
          },
        ]),
    ...(reference === undefined
      ? []
      : [
          {
            data: { values: [{}] },
            mark: { type: "rule", color: colours.muted, strokeDash: [3, 3] },
            encoding: { [axis]: place(reference) },
          },
        ]),
  ];
}
