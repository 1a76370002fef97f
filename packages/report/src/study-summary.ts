import { isMissing, type Reading } from "./reasons.ts";
import { overSeeds, type OverSeeds } from "./over-seeds.ts";
import type { AxisValue, Study, StudyRow, StudyRun } from "./study.ts";

/** The quantities of a study over its seeds, for one row at one value of the axis. */
export interface StudySummary {
  readonly row: StudyRow;
  /** `undefined` without an axis. */
  readonly value: AxisValue | undefined;
  readonly ua: OverSeeds;
  readonly ra: OverSeeds;
  readonly ta: OverSeeds;
  readonly miaEfficacy: OverSeeds;
  readonly aucDistance: OverSeeds;
  readonly gap: OverSeeds;
  /** Avg. Gap minus the default row's, seed by seed; `undefined` without a default row and for itself. */
  readonly change: OverSeeds | undefined;
  readonly conflictShare: OverSeeds;
  readonly meanCosine: OverSeeds;
  /** Seconds, attack training included. */
  readonly seconds: OverSeeds;
  /** Images through forward passes, preparation included. */
  readonly forward: OverSeeds;
  /** Images through backward passes, preparation included. */
  readonly backward: OverSeeds;
  /** The same as shares of one retraining at the same seed, 0 to 1 or more. */
  readonly shares: {
    readonly forward: OverSeeds;
    readonly backward: OverSeeds;
    readonly seconds: OverSeeds;
  };
}

/** Each row of a study at each value of its axis, rows first. */
export function studySummaries(study: Study): StudySummary[] {
  const values: readonly (AxisValue | undefined)[] = study.axis?.values ?? [undefined];
  return study.rows.flatMap((row) => values.map((value) => summaryOf(study, row, value)));
}

function summaryOf(study: Study, row: StudyRow, value: AxisValue | undefined): StudySummary {
  const runsOf = (label: string): (StudyRun | undefined)[] =>
    study.seeds.map((seed) =>
      study.runs.find((run) => run.row === label && run.seed === seed && run.value === value),
    );
  const runs = runsOf(row.label);
  const oracle = study.rows.find(({ method }) => method === "retrain");
  const retrained = oracle === undefined ? [] : runsOf(oracle.label);
  const over = (read: (run: StudyRun) => Reading | undefined): OverSeeds =>
    overSeeds(runs.map((run) => run && read(run)));
  const times = study.times.runs.filter((run) => run.row === row.label && run.value === value);
  return {
    row,
    value,
    ua: over(({ metrics }) => metrics.ua),
    ra: over(({ metrics }) => metrics.ra),
    ta: over(({ metrics }) => metrics.ta),
    miaEfficacy: over(({ metrics }) => metrics.miaEfficacy),
    aucDistance: over(({ metrics: { aucForgetTest: auc } }) => (isMissing(auc) ? auc : Math.abs(auc - 0.5))),
    gap: over(gapOf),
    change: changeOf(study, row, runs, runsOf),
    conflictShare: over(({ conflictShare }) => conflictShare),
    meanCosine: over(({ meanCosine }) => meanCosine),
    seconds: overSeeds(times.map(({ totalSeconds }) => totalSeconds)),
    forward: over(({ cost }) => cost?.imagesForward),
    backward: over(({ cost }) => cost?.imagesBackward),
    shares: {
      forward: shareOf("imagesForward", { runs, retrained }),
      backward: shareOf("imagesBackward", { runs, retrained }),
      seconds: overSeeds(times.map(({ shareOfRetrain }) => shareOfRetrain ?? undefined)),
    },
  };
}

type Runs = readonly (StudyRun | undefined)[];

/** What each run saw, divided by what its retraining saw. */
function shareOf(
  name: "imagesForward" | "imagesBackward",
  { runs, retrained }: { readonly runs: Runs; readonly retrained: Runs },
): OverSeeds {
  return overSeeds(
    runs.map((run, i) => {
      const [own, whole] = [run?.cost?.[name], retrained[i]?.cost?.[name]];
      return own === undefined || whole === undefined || whole === 0 ? undefined : own / whole;
    }),
  );
}

function changeOf(
  { defaultRow }: Study,
  { label, method }: StudyRow,
  runs: readonly (StudyRun | undefined)[],
  runsOf: (label: string) => (StudyRun | undefined)[],
): OverSeeds | undefined {
  if (defaultRow === undefined || label === defaultRow || method === "retrain") return undefined;
  const from = runsOf(defaultRow).map((run) => run && gapOf(run));
  return overSeeds(
    runs.map((run, i) => {
      const [gap, origin] = [run && gapOf(run), from[i]];
      return typeof gap === "number" && typeof origin === "number" ? gap - origin : undefined;
    }),
  );
}

function gapOf({ gap }: StudyRun): Reading {
  return isMissing(gap) ? gap : gap.value;
}
