import { metricDefinitions } from "@ltu/metrics";

import { knownLimits } from "./known-limits.ts";
import { refuseOneSided } from "./one-sided.ts";
import { isMissing, reasonText, type Reading } from "./reasons.ts";
import { noiseFloorNote } from "./noise-floor.ts";
import { metricKeys, metricLabels } from "./oracles.ts";
import { oracleRow, type Gap, type Result, type Row, type RowMetrics } from "./result.ts";

/** A table as text: what the terminal, Markdown and HTML forms are made from. */
export interface TableCells {
  readonly columns: readonly string[];
  /** The cells of each row, in the order of `columns`. */
  readonly rows: readonly (readonly string[])[];
  /** What the columns mean and what must not be read into them; one sentence or two each. */
  readonly notes: readonly string[];
  /** How many columns from the left hold text; 2 unless given. */
  readonly textColumns?: number | undefined;
  /** The row that the others are measured from, to be set apart. */
  readonly targetRow?: number | undefined;
}

/** Marks a cell that is no independent measurement. */
export const notHeldOutMark = "*";

/** Marks an attack that shares with the feedback of its row, and the row. */
export const sharedMark = "†";

/** Marks a cell in which original and retrained models do not differ. */
export const noSignalMark = "°";

/** One line of the table: a method, or a held-out oracle, which is measured like one. */
interface Line {
  readonly label: string;
  readonly sees: string;
  readonly metrics: RowMetrics;
  readonly gap: Gap;
  readonly notHeldOut?: string | undefined;
  /** Absent for a held-out oracle. */
  readonly row?: Row;
}

/** The columns of the main table; `Avg. Gap` is there only where there is a retrained model to measure from. */
export function tableCells(result: Result): TableCells {
  const oracle = oracleRow(result);
  const { oracles } = result;
  const value = (key: keyof RowMetrics, { row, metrics }: Line, digits: number): string => {
    const shown = readingCell(metrics[key], digits);
    if (row?.method !== "retrain") return `${shown}${hasNoSignal(oracles, key) ? noSignalMark : ""}`;
    const sd = oracles.sd[key];
    return isMissing(sd) ? shown : `${shown} ± ${sd.toFixed(digits)}`;
  };
  const columns: readonly (readonly [string, (line: Line) => string])[] = [
    ["Method", ({ label, row }) => `${label}${marksOf(row).length === 0 ? "" : sharedMark}`],
    ["Sees", ({ sees }) => sees],
    ["UA", (line) => value("ua", line, 1)],
    ["RA", (line) => value("ra", line, 1)],
    ["TA", (line) => value("ta", line, 1)],
    ["MIA", (line) => value("miaEfficacy", line, 1) + mark(line)],
    ...(oracle === undefined ? [] : ([[metricDefinitions.avgGap.label, gapCell]] as const)),
    [
      metricDefinitions.aucDistance.label,
      (line) =>
        aucDistance(line.metrics.aucForgetTest) +
        (line.row?.method !== "retrain" && hasNoSignal(oracles, "aucForgetTest") ? noSignalMark : "") +
        mark(line),
    ],
    ["Time", ({ row }) => (row === undefined ? "-" : timeCell(result, row))],
    ["Cost", ({ row }) => (row === undefined ? "-" : costCell(row))],
  ];
  columns.forEach(([name], i) => refuseOneSided(name, `column ${i + 1}`));
  const lines = linesOf(result);
  return {
    columns: columns.map(([name]) => name),
    rows: lines.map((line) => columns.map(([, cell]) => cell(line))),
    notes: notes(result, oracle),
    ...(oracle === undefined ? {} : { targetRow: lines.findIndex(({ row }) => row === oracle) }),
  };
}

/** The rows of a result, the held-out oracles after the mean of the others. */
function linesOf({ rows, oracles }: Result): Line[] {
  const heldOut = oracles.heldOut.map(({ name, metrics, gap }): Line => ({
    label: name,
    sees: "all",
    metrics,
    gap,
  }));
  return rows.flatMap((row): Line[] => [{ ...row, row }, ...(row.method === "retrain" ? heldOut : [])]);
}

/** Whether it can be said that original and retrained models do not differ in a metric. */
export function hasNoSignal({ contrast }: Result["oracles"], key: keyof RowMetrics): boolean {
  const found = contrast[key];
  return !isMissing(found) && !found.signal;
}

/** The marks of a number in whatever table it stands: no signal in it, or no independent measurement. */
export function marksOfCell(
  { oracles }: Pick<Result, "oracles">,
  key: keyof RowMetrics,
  { notHeldOut }: { readonly notHeldOut?: string | undefined },
): string {
  const isAttack = key === "miaEfficacy" || key === "aucForgetTest";
  return `${hasNoSignal(oracles, key) ? noSignalMark : ""}${isAttack && notHeldOut !== undefined ? notHeldOutMark : ""}`;
}

/** MIA and AUC read the same signal, so both cells are marked. */
function mark({ notHeldOut }: Line): string {
  return notHeldOut === undefined ? "" : notHeldOutMark;
}

/** What stands in a cell without a number; the reason follows below the table. */
const noNumber = "n/a";

function readingCell(reading: Reading, digits: number): string {
  return isMissing(reading) ? noNumber : reading.toFixed(digits);
}

function aucDistance(auc: Reading): string {
  return isMissing(auc) ? noNumber : Math.abs(auc - 0.5).toFixed(3);
}

function gapCell({ gap, row }: Line): string {
  if (isMissing(gap)) return noNumber;
  return row?.method === "retrain" ? "0 (target)" : gap.value.toFixed(2);
}

function timeCell(result: Result, { label }: Row): string {
  const times = result.times.rows[label];
  if (times === undefined) return noNumber;
  const share = times.shareOfRetrain === null ? "" : ` (${Math.round(times.shareOfRetrain * 100)} %)`;
  return `${times.totalSeconds.toFixed(1)} s${share}`;
}

/** Images through forward and backward passes: what a method costs on any machine. */
function costCell({ cost }: Row): string {
  return `${thousands(cost.imagesForward)} / ${thousands(cost.imagesBackward)}`;
}

function thousands(count: number): string {
  return count < 1000 ? String(count) : `${(count / 1000).toFixed(count < 100_000 ? 1 : 0)}k`;
}

function notes(result: Result, oracle: Row | undefined): string[] {
  const target =
    oracle === undefined
      ? "No number has a good end, and this run has no retrained model to compare with, so there is no Avg. Gap."
      : 'None of them has a good end: the target is the value in the row "retrain". Avg. Gap is the mean distance to it over the four, in points.';
  return [
    `In percent: UA, forget images answered wrong; RA, retained images answered right; TA, test images answered right; MIA, forget images that the attack takes for never seen. ${target}`,
    "|AUC - 1/2|: how well confidence tells forget from test images, in either direction. Time: all that had to be done, attack training included, in seconds and as a share of retraining. Cost: images through forward / backward passes.",
    ...(oracle === undefined ? [] : [noiseFloorNote(result.oracles)]),
    ...noSignalNotes(result),
    ...notHeldOutNotes(result),
    ...sharedNotes(result),
    ...missingNotes(result),
    ...sanityNotes(result, oracle),
    ...knownLimits(
      result.rows.map(({ method }) => method),
      result.experiment.config,
    ),
    isMissing(result.oracles.noiseFloor)
      ? "One seed: differences of a point or two are within noise, so no ranking is given."
      : "One seed: differences as small as the noise floor say nothing, so no ranking is given.",
    ...result.warnings.map((warning) => `Warning: ${warning}`),
  ];
}

/** Which cells cannot tell methods apart. */
function noSignalNotes({ oracles }: Result): string[] {
  const keys = metricKeys.filter((key) => hasNoSignal(oracles, key));
  if (keys.length === 0) return [];
  const names = keys.map((key) => metricLabels[key]).join(", ");
  const all = (["ua", "ra", "ta", "miaEfficacy"] as const).every((key) => keys.includes(key));
  return [
    `${noSignalMark} No signal in ${names}: by the spread of ${oracles.reference.length} oracles the original model does not differ from a retrained one there, so these cells show no forgetting and rank no method.${
      all ? " That holds for all four parts of Avg. Gap, so it ranks nothing." : ""
    }`,
  ];
}

/** One note for each reason, with the rows it holds for. */
function notHeldOutNotes({ rows }: Result): string[] {
  const whys = [...new Set(rows.flatMap(({ notHeldOut }) => notHeldOut ?? []))];
  return whys.map((why) => {
    const labels = rows.filter(({ notHeldOut }) => notHeldOut === why).map(({ label }) => label);
    return `${notHeldOutMark} Shared signal: MIA and |AUC - 1/2| of ${labels.join(", ")} are not held out: ${why.replace(/\.?$/, ".")}`;
  });
}

/** The attacks of a row that share with its feedback, and what. */
function marksOf(row: Row | undefined): string[] {
  return (row?.audit?.attacks ?? []).flatMap(({ attack, mark: shared }) =>
    shared === undefined ? [] : [`${attack} (${shared})`],
  );
}

/** Which attacks were let through although they share with feedback: no verdict rests on them. */
function sharedNotes({ rows }: Result): string[] {
  const marked = rows.filter((row) => marksOf(row).length > 0);
  return marked.length === 0
    ? []
    : [
        `${sharedMark} Attacked by evaluators that are no independent audit of this row, and on which no verdict rests: ${marked.map((row) => `${row.label} by ${marksOf(row).join(", ")}`).join("; ")}.`,
      ];
}

/** Every number that is missing, with its reason. */
function missingNotes({ rows }: Result): string[] {
  const names = { ua: "UA", ra: "RA", ta: "TA", miaEfficacy: "MIA", aucForgetTest: "|AUC - 1/2|" } as const;
  return rows.flatMap((row) =>
    (Object.keys(names) as (keyof typeof names)[]).flatMap((name) => {
      const reading = row.metrics[name];
      return isMissing(reading)
        ? [`${names[name]} of ${row.label} was not measured: ${reasonText(reading)}.`]
        : [];
    }),
  );
}

/** Points of retain accuracy below the retrained model at which a row looks broken rather than weak. */
const brokenRetainGap = 30;
/** Below this gap between the original and the retrained model no method can be told from doing nothing. */
const noSignalGap = 1;

/** What a reader must know before comparing rows. */
function sanityNotes(result: Result, oracle: Row | undefined): string[] {
  if (oracle === undefined) return [];
  const found: string[] = [];
  const idle = result.rows.find(({ method }) => method === "do-nothing");
  const isTold = !isMissing(result.oracles.contrast.ua);
  if (!isTold && idle !== undefined && !isMissing(idle.gap) && idle.gap.value < noSignalGap) {
    found.push(
      `No signal: the original model is only ${idle.gap.value.toFixed(2)} points from the retrained one, so this setting cannot tell methods apart.`,
    );
  }
  for (const { label, gap, metrics } of result.rows) {
    if (
      !isMissing(gap) &&
      gap.parts.ra > brokenRetainGap &&
      (metrics.ra as number) < (oracle.metrics.ra as number)
    ) {
      found.push(
        `${label} lost ${gap.parts.ra.toFixed(0)} points of retain accuracy: treat it as broken, not as a rival.`,
      );
    }
  }
  return found;
}
