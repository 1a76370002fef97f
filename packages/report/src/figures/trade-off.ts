import { isMissing } from "../reasons.ts";
import { colours, type Figure } from "../render-svg.ts";
import { isLtu, oracleRow, type Result } from "../result.ts";

const width = 310;
const height = 250;
/** Least distance between two labels, in pixels of the figure. */
const labelGap = 13;

const kinds = ["retrained model", "LTU", "other methods"] as const;

interface Point {
  readonly label: string;
  readonly kind: (typeof kinds)[number];
  readonly ua: number;
  readonly ta: number;
}

/**
 * UA against TA, one point a row, with lines through the retrained model: left of its line too little is
 * forgotten, right of it too much, and below it the model has lost test accuracy.
 */
export function tradeOffFigure(result: Result): Figure | undefined {
  const points = result.rows.flatMap(({ label, method, metrics: { ua, ta } }): Point[] => {
    if (isMissing(ua) || isMissing(ta)) return [];
    const kind = method === "retrain" ? kinds[0] : isLtu({ method }) ? kinds[1] : kinds[2];
    return [{ label, kind, ua, ta }];
  });
  if (points.length === 0) return undefined;
  const oracle = points.find(({ kind }) => kind === kinds[0] && oracleRow(result) !== undefined);
  const present = kinds.filter((kind) => points.some((point) => point.kind === kind));
  const byKind = (all: readonly string[]): { domain: string[]; range: string[] } => ({
    domain: present,
    range: present.map((kind) => all[kinds.indexOf(kind)] as string),
  });
  const domains = {
    ua: paddedDomain(points.map(({ ua }) => ua)),
    ta: paddedDomain(points.map(({ ta }) => ta)),
  };
  const rule = { type: "rule" as const, color: colours.muted, strokeDash: [3, 3] };
  const x = (field: string): object => ({
    field,
    type: "quantitative",
    scale: { domain: domains.ua, nice: false },
    title: "UA: forget images wrong, in percent",
    axis: { grid: false },
  });
  const y = (field: string): object => ({
    field,
    type: "quantitative",
    scale: { domain: domains.ta, nice: false },
    title: "TA: test images right, in percent",
    axis: { grid: false },
  });
  return {
    id: "trade-off",
    title: "Forgetting against test accuracy",
    alt: `Points, one a row, as UA and TA in percent: ${points
      .map(({ label, ua, ta }) => `${label} ${ua.toFixed(1)} and ${ta.toFixed(1)}`)
      .join("; ")}.${oracle === undefined ? "" : " The target is the retrained model's point."}`,
    spec: {
      width,
      height,
      layer: [
        ...(oracle === undefined
          ? []
          : [
              { data: { values: [oracle] }, mark: rule, encoding: { x: x("ua") } },
              { data: { values: [oracle] }, mark: rule, encoding: { y: y("ta") } },
            ]),
        // Each label first as a halo in the colour of the page, so that no line runs through it.
        ...placeLabels(points, domains).flatMap(({ side, ...label }) =>
          [{ stroke: colours.background, strokeWidth: 4 }, {}].map((halo) => ({
            data: { values: [label] },
            mark: { type: "text" as const, align: side, dx: side === "left" ? 8 : -8, fontSize: 11, ...halo },
            encoding: { x: x("ua"), y: y("labelTa"), text: { field: "label" } },
          })),
        ),
        // Points last: no halo of a label may hide one.
        {
          data: { values: points },
          mark: { type: "point", filled: true, size: 90, opacity: 1 },
          encoding: {
            x: x("ua"),
            y: y("ta"),
            color: {
              field: "kind",
              type: "nominal",
              scale: byKind([colours.text, ...colours.series]),
              legend: { orient: "top", title: null },
            },
            shape: {
              field: "kind",
              type: "nominal",
              scale: byKind(["diamond", "circle", "square"]),
            },
          },
        },
      ],
    } as Figure["spec"],
  };
}

/** The range of the values with a tenth to spare on both sides; at least one point wide. */
function paddedDomain(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const padding = Math.max((high - low) / 10, 1);
  return [low - padding, high + padding];
}

/** Labels beside their points, moved down where two would overlap. */
function placeLabels(
  points: readonly Point[],
  { ua, ta }: { readonly ua: [number, number]; readonly ta: [number, number] },
): {
  readonly label: string;
  readonly ua: number;
  readonly labelTa: number;
  readonly side: "left" | "right";
}[] {
  const perPixel = (ta[1] - ta[0]) / height;
  const lowest = { left: Number.POSITIVE_INFINITY, right: Number.POSITIVE_INFINITY };
  return points
    .toSorted((a, b) => b.ta - a.ta)
    .map((point) => {
      // Labels of points in the right half stand on the left, so that they stay inside the figure.
      const side = point.ua > (ua[0] + ua[1]) / 2 ? "right" : "left";
      const labelTa = Math.min(point.ta, lowest[side] - labelGap * perPixel);
      lowest[side] = labelTa;
      return { label: point.label, ua: point.ua, labelTa, side };
    });
}
