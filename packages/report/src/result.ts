import type { MetricDefinition } from "@ltu/metrics";

import type { MadeOf, ModelAudit } from "./audit.ts";
import type { Ensemble } from "./ensemble.ts";
import type { OracleEnsemble } from "./oracles.ts";
import type { Missing, Reading } from "./reasons.ts";
import type { Gap, Json, RowMetrics } from "./row-metrics.ts";

export type { Gap, GapParts, Json, RowMetrics } from "./row-metrics.ts";

/**
 * The version of the result format that this package writes. It reads two more: version 2 had no shadow models, version 3
 * no scores of single images and no record of what attacks were made of.
 */
export const resultVersion = 4;

/** Named series with one number an epoch, such as `loss` and `accuracyPercent`. */
export type Series = Readonly<Record<string, readonly number[]>>;

/** One row of the table: one model after one method. */
export interface Row {
  /** The method's name; the oracle's is `"retrain"`. */
  readonly method: string;
  /** The option set of LTU, such as `"recommended"`. */
  readonly optionSet?: string | undefined;
  /** As in tables, such as `"LTU recommended"`; no two rows share it. */
  readonly label: string;
  /** How much of the retained data the method reads: `"all"`, `"30 %"` or `"-"`. */
  readonly sees: string;
  readonly metrics: RowMetrics;
  readonly gap: Gap;
  /** A number or a reason for every metric of `@ltu/metrics`. */
  readonly readings?: Readonly<Record<string, Reading>> | undefined;
  /** Several models of the method beside several oracles; absent where there was one of each method. */
  readonly ensemble?: Ensemble | Missing | undefined;
  /** Intervals, single images and attacks; absent in the row `retrain`, whose models each have their own. */
  readonly audit?: ModelAudit | undefined;
  readonly cost: { readonly imagesForward: number; readonly imagesBackward: number; readonly steps: number };
  /** Set where the MIA column is no independent evaluator of this row; says why. */
  readonly notHeldOut?: string | undefined;
  /** What gave feedback while it was unlearned; absent without feedback. */
  readonly feedback?: MadeOf | undefined;
  /** The method's options as resolved. */
  readonly options?: Readonly<Record<string, Json>> | undefined;
  /** Named series of the run, one number a step. */
  readonly history: Series;
}

/** What a row took, in seconds. */
export interface RowTimes {
  /** Attack training left out. */
  readonly unlearnSeconds: number;
  readonly attackTrainingSeconds: number;
  /** Everything that had to be done to get from the original model to this one. */
  readonly totalSeconds: number;
  /** `totalSeconds` divided by the retraining's; null without a retrained model. */
  readonly shareOfRetrain: number | null;
}

/** All that differs between two runs of the same experiment, seed and engine, beside {@link Result.machine}. */
export interface Times {
  /** From start to end of this run, re-used stages left out. */
  readonly totalSeconds: number;
  /** What each stage took when it ran, by its name. */
  readonly stages: Readonly<Record<string, number>>;
  /** By the label of the row. */
  readonly rows: Readonly<Record<string, RowTimes>>;
  /** Date and time, ISO 8601. */
  readonly finishedAt?: string | undefined;
}

/** Shadow models that attacks compare with. */
export interface Shadows {
  /** Trained, for all attacks together. */
  readonly originals: number;
  /** Labels of the rows whose method unlearned every one of them. */
  readonly unlearnedBy: readonly string[];
  /** Models on either side of each scored image. */
  readonly perTarget: { readonly member: number; readonly other: number };
  /** How precise that can be: see `expectedWidths` of `@ltu/mia`. */
  readonly expected: {
    /** Of one image, in standard deviations of phi. */
    readonly meanGapWidth?: number | undefined;
    readonly aucWidth: number;
    readonly smallestFpr: number;
  };
}

/** The images that audits score, by their indexes in the data set, and how every model was asked about them. */
export interface AuditedImages {
  /** The one transform of all outputs, shadow models' included. */
  readonly transform: string;
  readonly forget: readonly number[];
  /** Images that no audited model has seen. */
  readonly unseen: readonly number[];
  /** Those of them that attacks with shadow models score. */
  readonly unseenBesideShadows?: readonly number[] | undefined;
}

/** A class that was forgotten as a whole. */
export interface ForgottenClass {
  /** `"sub-class"`: the model knows coarser labels than this class. */
  readonly kind: "class" | "sub-class";
  /** Its number among `names`. */
  readonly class: number;
  /** All classes by name. */
  readonly names: readonly string[];
}

/** The content of `result.json`: all that a table, a figure or a report is made from. */
export interface Result {
  readonly schemaVersion: 2 | 3 | 4;
  readonly experiment: { readonly name: string; readonly config: Json };
  readonly seed: number;
  readonly splitSeed: number;
  /** Beside these names, whatever else decides numbers. */
  readonly engine: {
    readonly name: string;
    readonly threads: number;
    readonly [name: string]: Json;
  };
  /** By package or program. */
  readonly versions: Readonly<Record<string, string>>;
  readonly data: {
    readonly name: string;
    readonly contentHash: string;
    /** Images by set: `train`, `val`, `test`, `forget`, `retain`, `accessibleRetain`. */
    readonly counts: Readonly<Record<string, number>>;
  };
  readonly model: { readonly name: string; readonly parameters: number };
  /** The stages with their content keys, in the order they ran. */
  readonly stages: readonly { readonly name: string; readonly key: string }[];
  /** The retrained models that all rows are measured from. */
  readonly oracles: OracleEnsemble;
  /** The shadow models of the audit; absent where none were trained. */
  readonly shadows?: Shadows | undefined;
  /** What audits score; absent in results below version 4. */
  readonly audited?: AuditedImages | undefined;
  /** The class that was forgotten as a whole; absent where none was. */
  readonly forgotten?: ForgottenClass | undefined;
  /** The model before anything was forgotten. */
  readonly original: { readonly metrics: RowMetrics; readonly audit?: ModelAudit | undefined };
  /** What each number means, its unit and its direction, by the names of {@link Row.readings}. */
  readonly definitions: Readonly<Record<string, MetricDefinition>>;
  /** The row `retrain` has the means over the oracles; every other row is one model. */
  readonly rows: readonly Row[];
  /** Training of the two models that the table stands on. */
  readonly curves: { readonly original: Series; readonly retrain: Series };
  readonly times: Times;
  /** The machine it ran on, by property. */
  readonly machine: Readonly<Record<string, Json>>;
  readonly warnings: readonly string[];
}

/** A {@link Result} without what two runs of the same experiment, seed and engine may differ in. */
export type CanonicalResult = Omit<Result, "times" | "machine">;

/** Leaves out times and machine: what stays is the same, bit for bit, for the same experiment, seed and engine. */
export function canonicalResult({ times: _times, machine: _machine, ...rest }: Result): CanonicalResult {
  return rest;
}

/** The row of the retrained models, if there are any. */
export function oracleRow(result: Pick<Result, "rows">): Row | undefined {
  return result.rows.find(({ method }) => method === "retrain");
}

/** Whether a row is one of LTU's. */
export function isLtu({ method }: Pick<Row, "method">): boolean {
  return /^ltu(-|$)/i.test(method);
}
