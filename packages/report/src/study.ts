import type { AttackReading, AttackReason, AttackStrengthReading } from "./audit.ts";
import type { NeighbourView } from "./class-neighbours.ts";
import type { Reading } from "./reasons.ts";
import type { Gap, Json, RowMetrics, RowTimes } from "./result.ts";

/** The version of the study format that this package writes. Version 1, which it reads too, had one oracle a run. */
export const studyVersion = 2;

/** A value of the axis of a study. */
export type AxisValue = number | string | boolean;

/** One row of a study: one method with its options, whatever the seed and the value of the axis. */
export interface StudyRow {
  /** The method's name; the oracle's is `"retrain"`. */
  readonly method: string;
  readonly optionSet?: string | undefined;
  /** As in tables; no two rows share it. */
  readonly label: string;
  /** `"all"`, `"30 %"`, `"-"`, or `"varies"` where it is the axis. */
  readonly sees: string;
  /** What sets the row apart from the default, by option. */
  readonly changes?: Readonly<Record<string, Json>> | undefined;
  /** Set where the MIA column is no independent evaluator of this row; says why. */
  readonly notHeldOut?: string | undefined;
}

/** Which model of a study: a row at a seed and, where there is an axis, at a value of it. */
export interface StudyPlace {
  /** The row's label. */
  readonly row: string;
  readonly seed: number;
  readonly value?: AxisValue | undefined;
}

/** One model of a study. */
export interface StudyRun extends StudyPlace {
  readonly metrics: RowMetrics;
  readonly gap: Gap;
  /** What it saw, preparation included; absent in studies of earlier versions. */
  readonly cost?:
    { readonly imagesForward: number; readonly imagesBackward: number; readonly steps: number } | undefined;
  /** Of a class that is forgotten as a whole: what the model makes of it and of the classes beside it. */
  readonly classes?: NeighbourView | undefined;
  /** Share of steps whose two gradients conflict, 0 to 1; LTU only. */
  readonly conflictShare?: number | undefined;
  /** Mean over the steps of the cosine of the two gradients; LTU only. */
  readonly meanCosine?: number | undefined;
  /** That cosine over time: at most 100 means of equal stretches of steps. */
  readonly cosine?: readonly number[] | undefined;
}

/** The retrained models behind the row `retrain` at one seed and value. */
export interface StudyOracles {
  readonly seed: number;
  readonly value?: AxisValue | undefined;
  /** How many make the mean that gaps are measured from. */
  readonly count: number;
  /** How many were held out. */
  readonly heldOut: number;
  /** Mean Avg. Gap of the held-out ones. */
  readonly noiseFloor: Reading;
}

/** Which model an evaluator attacked: the original, a retrained one that makes the mean or is held out, or a row's. */
export type AttackedRole = "original" | "oracle" | "held-out oracle" | "row";

/** What of an attack's strength is kept for every seed; its curve is not. */
export type StudyStrength = Pick<
  AttackStrengthReading,
  "auc" | "aucInterval" | "samples" | "smallestFpr" | "tpr" | "turnedTpr"
>;

/** One evaluator on one model of a study. */
export interface StudyAttack extends Pick<AttackReading, "attack" | "mark" | "shadowsOf"> {
  readonly role: AttackedRole;
  /** `"original"`, `"held-out oracle 1"`, or the label of a row. */
  readonly model: string;
  readonly seed: number;
  readonly value?: AxisValue | undefined;
  readonly reading: StudyStrength | AttackReason;
}

/** The content of the `study.json` of rows times seeds times values: all that its table and figures are made from. */
export interface Study {
  readonly schemaVersion: 1 | 2;
  readonly kind: "study";
  readonly name: string;
  readonly description: string;
  /** The study file with its base experiment, complete. */
  readonly config: Json;
  readonly seeds: readonly number[];
  /** The key of the experiment that was varied, and its values. */
  readonly axis?: { readonly key: string; readonly values: readonly AxisValue[] } | undefined;
  /** The label of the row that the variants differ from. */
  readonly defaultRow?: string | undefined;
  /** The label of the row that every other one is compared with, seed by seed. */
  readonly against?: string | undefined;
  readonly engine: { readonly name: string; readonly threads: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly data: { readonly name: string; readonly counts: Readonly<Record<string, number>> };
  readonly model: { readonly name: string; readonly parameters: number };
  /** The retrained model first. */
  readonly rows: readonly StudyRow[];
  readonly runs: readonly StudyRun[];
  /** One entry for each seed and value; absent in version 1. */
  readonly oracles?: readonly StudyOracles[] | undefined;
  /** What evaluators found on each model; absent where the study ran none. */
  readonly attacks?: readonly StudyAttack[] | undefined;
  /** Every stage once, with its content key. */
  readonly stages: readonly { readonly name: string; readonly key: string }[];
  readonly times: StudyTimes;
  readonly machine: Readonly<Record<string, Json>>;
  readonly warnings: readonly string[];
}

/** All that differs between two runs of one study beside the machine. */
export interface StudyTimes {
  /** From start to end of this run, re-used stages left out. */
  readonly totalSeconds: number;
  /** What each model took when it was made. */
  readonly runs: readonly (StudyPlace & RowTimes)[];
  readonly finishedAt?: string | undefined;
}

/** A study without what two runs of it on one engine may differ in. */
export function canonicalStudy({
  times: _times,
  machine: _machine,
  ...rest
}: Study): Omit<Study, "times" | "machine"> {
  return rest;
}
