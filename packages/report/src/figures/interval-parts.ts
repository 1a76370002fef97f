import type { OverSeeds } from "../over-seeds.ts";
import { colours } from "../render-svg.ts";

/** One mean with its interval, at a place of the x axis. */
export interface IntervalPoint {
  readonly series: string;
  readonly x: number | string;
  readonly over: OverSeeds;
  /** Points of one kind have one shape, in figures whose rows are names. */
  readonly kind?: string;
}

/** What such a figure draws beside the points. */
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

/** A domain that holds all seeds and means; intervals get as much room again, and are cut there. */
export function domainOf(
  points: readonly IntervalPoint[],
  { reference, range }: IntervalFigureOptions,
): number[] {
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
export function barOf({ over: { interval } }: IntervalPoint, [low, high]: readonly number[]): object {
  if (interval === undefined) return {};
  return {
    low: Math.max(interval.low, low as number),
    high: Math.min(interval.high, high as number),
  };
}

/** The line across and the band around it, beneath everything else. */
export function referenceRule(
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
