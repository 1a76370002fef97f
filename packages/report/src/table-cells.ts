import { metricDefinitions } from "@ltu/metrics";

import { refuseOneSided } from "./one-sided.ts";
import { isMissing, reasonText, type Reading } from "./reasons.ts";
import { oracleRow, type Result, type Row } from "./result.ts";

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

/** The columns of the main table; `Avg. Gap` is there only where there is a retrained model to measure from. */
export function tableCells(result: Result): TableCells {
  const oracle = oracleRow(result);
  const columns: readonly (readonly [string, (row: Row) => string])[] = [
    ["Method", (row) => row.label],
    ["Sees", (row) => row.sees],
    ["UA", (row) => percent(row.metrics.ua)],
    ["RA", (row) => percent(row.metrics.ra)],
    ["TA", (row) => percent(row.metrics.ta)],
    ["MIA", (row) => percent(row.metrics.miaEfficacy) + mark(row)],
    ...(oracle === undefined ? [] : ([[metricDefinitions.avgGap.label, gapCell]] as const)),
    [metricDefinitions.aucDistance.label, (row) => aucDistance(row.metrics.aucForgetTest) + mark(row)],
    ["Time", (row) => timeCell(result, row)],
    ["Cost", (row) => costCell(row)],
  ];
  columns.forEach(([name], i) => refuseOneSided(name, `column ${i + 1}`));
  return {
    columns: columns.map(([name]) => name),
    rows: result.rows.map((row) => columns.map(([, cell]) => cell(row))),
    notes: notes(result, oracle),
    ...(oracle === undefined ? {} : { targetRow: result.rows.indexOf(oracle) }),
  };
}

/** MIA and AUC read the same signal, so both cells are marked. */
function mark({ notHeldOut }: Row): string {
  return notHeldOut === undefined ? "" : notHeldOutMark;
}

/** What stands in a cell without a number; the reason follows below the table. */
const noNumber = "n/a";

function percent(reading: Reading): string {
  return isMissing(reading) ? noNumber : reading.toFixed(1);
}

function aucDistance(auc: Reading): string {
  return isMissing(auc) ? noNumber : Math.abs(auc - 0.5).toFixed(3);
}

function gapCell({ gap, method }: Row): string {
  if (isMissing(gap)) return noNumber;
  return method === "retrain" ? "0 (target)" : gap.value.toFixed(2);
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
    ...notHeldOutNotes(result),
    ...missingNotes(result),
    ...sanityNotes(result, oracle),
    "One seed: differences of a point or two are within noise, so no ranking is given.",
    ...result.warnings.map((warning) => `Warning: ${warning}`),
  ];
}

/** One note for each reason, with the rows it holds for. */
function notHeldOutNotes({ rows }: Result): string[] {
  const whys = [...new Set(rows.flatMap(({ notHeldOut }) => notHeldOut ?? []))];
  return whys.map((why) => {
    const labels = rows.filter(({ notHeldOut }) => notHeldOut === why).map(({ label }) => label);
    return `${notHeldOutMark} MIA and |AUC - 1/2| of ${labels.join(", ")} are not held out: ${why.replace(/\.?$/, ".")}`;
  });
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
  if (idle !== undefined && !isMissing(idle.gap) && idle.gap.value < noSignalGap) {
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
