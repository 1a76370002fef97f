import { colours, dashes, type Figure } from "../render-svg.ts";
import { isLtu, type Result, type Row } from "../result.ts";
import { movingMean, thinSeries } from "../thin-series.ts";
import { seriesTitle, shortNumber } from "./training-curves.ts";

/** A line of a figure. */
interface Line {
  readonly name: string;
  readonly values: readonly number[];
}

/** The figures of LTU's runs: first those that tell how it went, then every other series that was recorded. */
export interface HistoryFigures {
  readonly main: readonly Figure[];
  readonly further: readonly Figure[];
}

/** What stands over a figure in place of the series' name. */
const titles: Readonly<Record<string, string>> = {
  attackMean: "Mean attack logit of the audited forget images",
  conflict: "Share of steps whose gradients conflict",
  cosine: "Cosine between remembering and forgetting gradient",
  forgetLoss: "Forget loss",
  forgetNorm: "Norm of the forgetting gradient",
  forgetScale: "Scale of the forgetting gradient",
  rememberNorm: "Norm of the remembering gradient",
  testLoss: "Meta-test loss",
  tuneLoss: "Meta-tune loss",
};

/**
 * What LTU's runs recorded step by step: the losses of each row in one figure, and for cosine, conflicting steps
 * and every other series one figure with a line a row.
 */
export function historyFigures(result: Result): HistoryFigures {
  const rows = result.rows.filter((row) => isLtu(row) && Object.keys(row.history).length > 0);
  const names = [...new Set(rows.flatMap(({ history }) => Object.keys(history)))];
  const isLoss = (name: string): boolean => /loss$/i.test(name);
  const isMain = (name: string): boolean => /^(cosine|conflict)/.test(name);
  const losses = rows.map((row) =>
    lineFigure(
      `Losses of ${row.label}`,
      names.filter(isLoss).map((name) => ({ name: titleOf(name), values: row.history[name] ?? [] })),
    ),
  );
  const figuresOf = (chosen: readonly string[]): (Figure | undefined)[] =>
    chosen.map((name) => seriesFigure(name, rows));
  const others = names.filter((name) => !isLoss(name));
  return {
    main: [...losses, ...figuresOf(others.filter(isMain))].filter((figure) => figure !== undefined),
    further: figuresOf(others.filter((name) => !isMain(name))).filter((figure) => figure !== undefined),
  };
}

/** How many steps the share of conflicting steps is taken over: a tenth of the run. */
function windowOf(values: readonly number[]): number {
  return Math.max(1, Math.round(values.length / 10));
}

function seriesFigure(name: string, rows: readonly Row[]): Figure | undefined {
  const isFlag = name.startsWith("conflict");
  const lines = rows.map(({ label, history }) => {
    const values = history[name] ?? [];
    return { name: label, values: isFlag ? movingMean(values, windowOf(values)) : values };
  });
  const title = isFlag ? `${titleOf(name)} (over a tenth of the run)` : titleOf(name);
  return lineFigure(title, lines, { zeroLine: name === "cosine", share: isFlag });
}

function titleOf(name: string): string {
  return titles[name] ?? seriesTitle(name);
}

function lineFigure(
  title: string,
  lines: readonly Line[],
  { zeroLine = false, share = false }: { readonly zeroLine?: boolean; readonly share?: boolean } = {},
): Figure | undefined {
  const drawn = lines.filter(({ values }) => values.length > 0);
  if (drawn.length === 0) return undefined;
  const domain = drawn.map((line) => line.name);
  return {
    id: `history-${title.replace(/[^a-z0-9]+/gi, "-")}`,
    title,
    alt: `Lines over steps. From first to last: ${drawn
      .map(
        (line) =>
          `${line.name} ${shortNumber(line.values[0] as number)} to ${shortNumber(line.values.at(-1) as number)}`,
      )
      .join(", ")}.`,
    spec: {
      width: 290,
      height: 170,
      data: {
        values: drawn.flatMap((line) =>
          thinSeries(line.values).map((point) => ({ ...point, line: line.name })),
        ),
      },
      layer: [
        ...(zeroLine
          ? [
              {
                mark: { type: "rule" as const, color: colours.muted, strokeDash: [3, 3] },
                encoding: { y: { datum: 0 } },
              },
            ]
          : []),
        {
          mark: { type: "line", strokeWidth: 1.6 },
          encoding: {
            x: { field: "step", type: "quantitative", title: "step", axis: { tickMinStep: 1, grid: false } },
            y: {
              field: "value",
              type: "quantitative",
              title: null,
              scale: share ? { domain: [0, 1] } : { zero: false },
            },
            color: {
              field: "line",
              type: "nominal",
              scale: { domain, range: [...colours.series] },
              legend: { orient: "top", title: null, symbolType: "stroke", columns: 2 },
            },
            strokeDash: {
              field: "line",
              type: "nominal",
              scale: { domain, range: dashes.map((dash) => [...dash]) },
            },
          },
        },
      ],
    },
  };
}
