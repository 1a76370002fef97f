import { metricDefinitions } from "@ltu/metrics";

import { knownLimits } from "./known-limits.ts";
import { meanCell, type OverSeeds } from "./over-seeds.ts";
import { markedRows } from "./study-attacks.ts";
import type { Study, StudyRow } from "./study.ts";
import { notHeldOutMark, sharedMark, type TableCells } from "./table-cells.ts";
import { studyNoiseFloor } from "./study-noise-floor.ts";
import { studySummaries, type StudySummary } from "./study-summary.ts";

const mean = ({ mean: value }: OverSeeds, digits: number): string =>
  value === undefined ? "n/a" : value.toFixed(digits);

/** LTU's diagnostics; a dash for methods that have none. */
const diagnostic = (over: OverSeeds, cell: (over: OverSeeds) => string): string =>
  over.mean === undefined ? "-" : cell(over);

const gapCell = ({ row, gap }: StudySummary): string =>
  row.method === "retrain" ? "0 (target)" : meanCell(gap, 2);

const mark = ({ row }: StudySummary): string => (row.notHeldOut === undefined ? "" : notHeldOutMark);

/** The main table of a study: a line a row; with an axis, Avg. Gap in a column for each of its values. */
export function studyCells(study: Study): TableCells {
  const { axis } = study;
  return axis === undefined ? studyDetailCells(study) : axisCells(study, axis);
}

function axisCells(study: Study, { key, values }: NonNullable<Study["axis"]>): TableCells {
  const marked = markedRows(study);
  const summaries = studySummaries(study).filter(({ row }) => row.method !== "retrain");
  const labels = study.rows.filter(({ method }) => method !== "retrain");
  return {
    columns: ["Method", "Sees", ...values.map((value) => `${key} ${String(value)}`)],
    rows: labels.map((row) => [
      labelOf(row, marked),
      row.sees,
      ...summaries.filter((summary) => summary.row === row).map((summary) => meanCell(summary.gap, 2)),
    ]),
    notes: [
      `${metricDefinitions.avgGap.label} from the retrained model, in points: ${intervalNote(study)}`,
      ...notes(study),
    ],
  };
}

/** Every quantity of every row (and value of the axis), as means over the seeds. */
export function studyDetailCells(study: Study): TableCells {
  const hasAxis = study.axis !== undefined;
  const marked = markedRows(study);
  const hasDefault = study.defaultRow !== undefined;
  const columns: readonly (readonly [string, (summary: StudySummary) => string])[] = [
    ["Row", ({ row }) => labelOf(row, marked)],
    ...(hasAxis
      ? ([[study.axis?.key ?? "", ({ value }: StudySummary) => String(value)]] as const)
      : ([["Sees", ({ row }: StudySummary) => row.sees]] as const)),
    ["UA", ({ ua }) => mean(ua, 1)],
    ["RA", ({ ra }) => mean(ra, 1)],
    ["TA", ({ ta }) => mean(ta, 1)],
    ["MIA", (summary) => mean(summary.miaEfficacy, 1) + mark(summary)],
    [metricDefinitions.avgGap.label, gapCell],
    ...(hasDefault
      ? ([
          ["Change", ({ change }: StudySummary) => (change === undefined ? "-" : meanCell(change, 2, true))],
        ] as const)
      : []),
    [metricDefinitions.aucDistance.label, (summary) => mean(summary.aucDistance, 3) + mark(summary)],
    [
      "Conflicts",
      ({ conflictShare }) =>
        diagnostic(conflictShare, ({ mean: share = 0 }) => `${(100 * share).toFixed(0)} %`),
    ],
    ["Cosine", ({ meanCosine }) => diagnostic(meanCosine, (over) => mean(over, 3))],
    ["RTE", ({ seconds }) => `${mean(seconds, 1)} s`],
  ];
  const summaries = studySummaries(study);
  const target = hasAxis ? -1 : summaries.findIndex(({ row }) => row.method === "retrain");
  return {
    columns: columns.map(([name]) => name),
    rows: summaries.map((summary) => columns.map(([, cell]) => cell(summary))),
    notes: [
      `In percent: UA, RA, TA, MIA. None of them has a good end: the target is the value in the row "retrain". Avg. Gap is the mean distance to it over the four, in points: ${intervalNote(study)}`,
      ...(hasDefault
        ? [
            `Change: Avg. Gap minus that of "${study.defaultRow}", seed by seed. An interval that holds 0 is no evidence of a difference.`,
          ]
        : []),
      "Conflicts: share of steps whose remembering and forgetting gradient have a negative inner product. Cosine: its mean over the steps. RTE: seconds, attack training included.",
      ...heldOutNotes(study),
      ...notes(study),
    ],
    ...(target < 0 ? {} : { targetRow: target }),
  };
}

function intervalNote({ seeds }: Study): string {
  return seeds.length < 2
    ? "one seed, so there is no interval."
    : `mean ± half the width of its 95 % t interval over ${seeds.length} seeds (${seeds.join(", ")}).`;
}

function notes(study: Study): string[] {
  const missing = studySummaries(study).filter(({ gap, row }) => gap.missing > 0 && row.method !== "retrain");
  return [
    noiseFloorNote(study),
    ...sharedNotes(study),
    study.against === undefined
      ? "Rows stand in the order of the study file; they are not ranked. Where two intervals overlap, the order of their means says nothing."
      : "Rows stand in the order of the study file; ranks, where intervals separate, are in the table of comparisons.",
    ...knownLimits(
      study.rows.map(({ method }) => method),
      study.config,
    ),
    ...missing.map(
      ({ row, value, gap }) =>
        `${row.label}${value === undefined ? "" : ` at ${String(value)}`}: ${gap.missing} of ${study.seeds.length} seeds have no Avg. Gap; they are left out of its mean.`,
    ),
    ...study.warnings.map((warning) => `Warning: ${warning}`),
  ];
}

function labelOf({ label }: StudyRow, marked: ReadonlySet<string>): string {
  return `${label}${marked.has(label) ? sharedMark : ""}`;
}

function sharedNotes(study: Study): string[] {
  return markedRows(study).size === 0
    ? []
    : [
        `${sharedMark} Attacked by evaluators that are no independent audit of this row; the table of attacks says which, and what they share with its feedback.`,
      ];
}

/** The noise floor of a study in a sentence or two. */
export function noiseFloorNote({ oracles = [] }: Pick<Study, "oracles">): string {
  const counts = [...new Set(oracles.map(({ count }) => count))];
  const behind =
    counts.length === 1 && counts[0] !== 1
      ? ` Gaps are to the mean of ${counts[0]} oracles (retrained models) of the same seed.`
      : "";
  const { floor: measured, heldOut: held } = studyNoiseFloor({ oracles });
  if (measured.mean === undefined) return `Noise floor not measured: no oracle was held out.${behind}`;
  return `Noise floor ${meanCell(measured, 2)}: Avg. Gap of ${held === 1 ? "one held-out oracle" : `${held} held-out oracles`}, what a perfect method shows by chance.${behind}`;
}

function heldOutNotes({ rows }: Study): string[] {
  const whys = [...new Set(rows.flatMap(({ notHeldOut }) => notHeldOut ?? []))];
  return whys.map(
    (why) =>
      `${notHeldOutMark} Shared signal: MIA and |AUC - 1/2| of these rows are not held out: ${why.replace(/\.?$/, ".")}`,
  );
}
