import { meanCell, overSeeds, type OverSeeds } from "./over-seeds.ts";
import type { AxisValue, Study, StudyRow, StudyRun } from "./study.ts";
import type { TableCells } from "./table-cells.ts";

/** The class-neighbour view of one row over seeds, at one value of the axis. */
export interface StudyClassSummary {
  readonly row: StudyRow;
  readonly value: AxisValue | undefined;
  /** UA on the forget set, and on test images of the forgotten class. */
  readonly ua: OverSeeds;
  readonly unseenUa: OverSeeds;
  /** Mean over the neighbours. */
  readonly accuracy: OverSeeds;
  readonly toForgotten: OverSeeds;
  /** The same accuracy minus that of the retrained models of the same seed. */
  readonly change: OverSeeds;
  /** Their names, of all seeds. */
  readonly neighbours: readonly string[];
}

/** The class-neighbour view of each row and value; empty for a study in which no class was forgotten as a whole. */
export function studyClassSummaries(study: Study): StudyClassSummary[] {
  if (study.runs.every(({ classes }) => classes === undefined)) return [];
  const values: readonly (AxisValue | undefined)[] = study.axis?.values ?? [undefined];
  const oracle = study.rows.find(({ method }) => method === "retrain");
  return study.rows.flatMap((row) =>
    values.map((value): StudyClassSummary => {
      const runsOf = (label: string | undefined): (StudyRun | undefined)[] =>
        study.seeds.map((seed) =>
          study.runs.find((run) => run.row === label && run.seed === seed && run.value === value),
        );
      const [runs, retrained] = [runsOf(row.label), runsOf(oracle?.label)];
      return {
        row,
        value,
        ua: overSeeds(runs.map((run) => run?.metrics.ua)),
        unseenUa: overSeeds(runs.map((run) => run?.classes?.unseenUa)),
        accuracy: overSeeds(runs.map((run) => meanOf(run, "accuracy"))),
        toForgotten: overSeeds(runs.map((run) => meanOf(run, "toForgotten"))),
        change: overSeeds(
          runs.map((run, i) => {
            const [own, target] = [meanOf(run, "accuracy"), meanOf(retrained[i], "accuracy")];
            return own === undefined || target === undefined ? undefined : own - target;
          }),
        ),
        neighbours: [
          ...new Set(runs.flatMap((run) => run?.classes?.neighbours.map(({ name }) => name) ?? [])),
        ],
      };
    }),
  );
}

function meanOf(run: StudyRun | undefined, of: "accuracy" | "toForgotten"): number | undefined {
  const neighbours = run?.classes?.neighbours ?? [];
  if (neighbours.length === 0) return undefined;
  return neighbours.reduce((sum, neighbour) => sum + neighbour[of], 0) / neighbours.length;
}

/** The same as a table; `undefined` for a study in which no class was forgotten as a whole. */
export function studyClassCells(study: Study): TableCells | undefined {
  const summaries = studyClassSummaries(study);
  if (summaries.length === 0) return undefined;
  const { axis } = study;
  return {
    columns: [
      "Row",
      ...(axis === undefined ? [] : [axis.key]),
      "UA",
      "UA, unseen",
      "Neighbours",
      "against retrain",
      "taken for it",
    ],
    rows: summaries.map(({ row, value, ua, unseenUa, accuracy, change, toForgotten }) => [
      row.label,
      ...(axis === undefined ? [] : [String(value)]),
      meanCell(ua, 1),
      meanCell(unseenUa, 1),
      meanCell(accuracy, 1),
      row.method === "retrain" ? "0 (target)" : meanCell(change, 1, true),
      meanCell(toForgotten, 1),
    ]),
    notes: [
      'A class is forgotten as a whole; in percent. UA, unseen: UA on test images of that class, which are left out of TA. Neighbours: mean accuracy on the test images of the three classes that the original takes most for it; against retrain: the same minus that of the retrained models of the same seed; taken for it: the share of those images that are answered with the label of the forgotten class. For a class within a label the neighbours are its siblings, and that answer is right. None of these numbers has a good end: the target is the row "retrain".',
      ...neighbourNotes(summaries),
    ],
    textColumns: axis === undefined ? 1 : 2,
  };
}

function neighbourNotes(summaries: readonly StudyClassSummary[]): string[] {
  const [first] = summaries;
  return summaries
    .filter(({ row }) => row === first?.row)
    .map(
      ({ value, neighbours }) =>
        `Neighbours${value === undefined ? "" : ` of ${String(value)}`}, of all seeds: ${neighbours.join(", ")}.`,
    );
}
