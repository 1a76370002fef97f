import type { Figure } from "../render-svg.ts";
import { lineSpec } from "./interval-lines.ts";
import type { IntervalFigureOptions, IntervalPoint } from "./interval-parts.ts";
import { rowSpec } from "./interval-rows.ts";
import { shortNumber } from "./training-curves.ts";

/** What stands below such a figure. */
export const intervalNote =
  "Large points are means, bars their 95 % intervals, small points single seeds. A bar that meets the edge goes on beyond it.";

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
