import { meanCell, overSeeds } from "./over-seeds.ts";
import type { MechanismPart, MechanismSeries } from "./mechanisms.ts";
import type { TableCells } from "./table-cells.ts";

/** The table of one part: a line for each x, a column for each series, and the contrast where there is one. */
export function mechanismCells(part: MechanismPart): TableCells {
  const { series, contrast, x, y, seeds } = part;
  const xs = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))];
  const cell = (name: string, at: number | string): string => {
    const values = valuesAt(series, name, at);
    return values === undefined ? "-" : meanCell(overSeeds(values), 3);
  };
  return {
    columns: [x.name, ...series.map(({ name }) => name), ...(contrast === undefined ? [] : [contrast.name])],
    rows: xs.map((at) => [
      String(at),
      ...series.map(({ name }) => cell(name, at)),
      ...(contrast === undefined ? [] : [meanCell(overSeeds(contrastAt(part, at)), 3, true)]),
    ]),
    notes: [
      `${y.name}: mean${seeds.length < 2 ? "" : ` ± half the width of its 95 % t interval`} over ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"} (${seeds.join(", ")}).`,
      ...(contrast === undefined
        ? []
        : [
            `${contrast.name}: "${contrast.of}" minus "${contrast.minus}", seed by seed. An interval that holds 0 is no evidence of a difference.`,
          ]),
      ...part.notes,
    ],
    textColumns: 1,
  };
}

function valuesAt(
  series: readonly MechanismSeries[],
  name: string,
  at: number | string,
): readonly number[] | undefined {
  return series.find((each) => each.name === name)?.points.find(({ x }) => x === at)?.values;
}

/** The contrast at one x, one number a seed; empty where one of the two has no point there. */
export function contrastAt({ series, contrast }: MechanismPart, at: number | string): number[] {
  if (contrast === undefined) return [];
  const of = valuesAt(series, contrast.of, at) ?? [];
  const minus = valuesAt(series, contrast.minus, at) ?? [];
  return of.length === minus.length ? of.map((value, i) => value - (minus[i] as number)) : [];
}
