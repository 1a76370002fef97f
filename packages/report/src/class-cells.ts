import { isMissing } from "./reasons.ts";
import { neighboursOf, neighbourView, type NeighbourView } from "./class-neighbours.ts";
import { oracleRow, type Result } from "./result.ts";
import type { TableCells } from "./table-cells.ts";

/** The class-neighbour view of a result; `undefined` where no class was forgotten as a whole. */
export function classCells(result: Result): TableCells | undefined {
  const { forgotten, original, oracles, rows } = result;
  const before = original.audit?.classes;
  if (forgotten === undefined || before === undefined || isMissing(before)) return undefined;
  const options = { neighbours: neighboursOf(before), names: forgotten.names };
  const name = forgotten.names[forgotten.class] as string;
  const models = [
    ["original", neighbourView([before], options)] as const,
    ...rows.map((row) => {
      const views =
        row === oracleRow(result)
          ? oracles.reference.map(({ audit }) => audit?.classes)
          : [row.audit?.classes];
      return [row.label, neighbourView(views, options)] as const;
    }),
  ];
  return {
    columns: ["Model", `UA on test images of ${name}`, ...neighbourColumns(options)],
    rows: models.map(([label, view]) => [label, ...neighbourCells(view, options.neighbours.length)]),
    notes: [
      `In percent. "${name}" was forgotten as a ${forgotten.kind === "class" ? "class" : "class within a label"}; its test images are left out of TA. The classes beside it are those whose test images the original answers most often with its label; after each accuracy stands the share of such answers. None of these numbers has a good end: the target is the row "retrain".`,
    ],
  };
}

function neighbourColumns({
  neighbours,
  names,
}: {
  readonly neighbours: readonly number[];
  readonly names: readonly string[];
}): string[] {
  return neighbours.map((label) => names[label] as string);
}

function neighbourCells(view: NeighbourView | undefined, count: number): string[] {
  if (view === undefined) return Array.from({ length: count + 1 }, () => "n/a");
  return [
    view.unseenUa.toFixed(1),
    ...view.neighbours.map(
      ({ accuracy, toForgotten }) => `${accuracy.toFixed(1)} (${toForgotten.toFixed(1)})`,
    ),
  ];
}
