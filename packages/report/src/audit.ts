import type { ClassView } from "@ltu/metrics";

import type { Missing, Reading } from "./reasons.ts";
import type { Json, RowMetrics } from "./row-metrics.ts";

/** The ends of a 95 % interval. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** A true-positive rate at a false-positive rate, with its Clopper-Pearson interval; all shares. */
export interface RateReading extends Ends {
  readonly fpr: number;
  readonly estimate: number;
}

/** Scores of single samples, higher for members. */
export interface SampleScores {
  readonly forget: readonly (number | null)[];
  readonly unseen: readonly (number | null)[];
}

/** What attacks were made of. The samples that are only scored are not among those that fitted them. */
export interface MadeOf {
  /** Content hash of the data set. */
  readonly data: string;
  /** How many there are, and the SHA-256 of their ascending indexes, joined by commas. */
  readonly fittingSamples: { readonly count: number; readonly sha256: string };
  /** Keys of random streams. */
  readonly seeds: readonly string[];
  /** Content keys of shadow and reference models. */
  readonly shadowModels: readonly string[];
  /** What they read. */
  readonly families: readonly string[];
}

/** How well one attack tells the forget set from images that no model has seen, in both directions. */
export interface AttackStrengthReading {
  readonly auc: number;
  readonly aucInterval: Ends | Missing;
  readonly balancedAccuracy: number;
  /** At 10, 1, 0.1 and 0 % false positives. */
  readonly tpr: readonly (RateReading | Missing)[];
  /** The same with the score turned round: who looks less like a member than anything never seen. */
  readonly turnedTpr: readonly (RateReading | Missing)[];
  /** The smallest rate above zero that the sample can show. */
  readonly smallestFpr: number;
  /** Points of the ROC curve for two logarithmic axes. */
  readonly roc: readonly { readonly fpr: number; readonly tpr: number }[];
  readonly samples: { readonly forget: number; readonly unseen: number; readonly leftOut: number };
  /** How many samples were left out for each reason code; absent where none was. */
  readonly leftOutFor?: Readonly<Record<string, number>> | undefined;
  /**
   * The score of each sample to six significant digits, in the order of the result's `audited`; null for one left out.
   * Absent in results below version 4.
   */
  readonly scores?: SampleScores | undefined;
  /** What was fitted and resolved. */
  readonly about: Readonly<Record<string, Json>>;
}

/** Why an attack gave no score: a code, such as `"NO_SHADOWS"` or `"SHARED_WITH_FEEDBACK"`, and what was found. */
export interface AttackReason {
  readonly reason: string;
  readonly detail: string;
}

/** One evaluator on one model. */
export interface AttackReading {
  /** The evaluator's name. */
  readonly attack: string;
  /** `"population"`: one rule for all images; `"perExample"`: a reference of its own for each; `"query"`: several queries. */
  readonly kind: string;
  /** What it reads. */
  readonly families: readonly string[];
  /** The row whose shadow models it compares with; for attacks that need models unlearned by one method. */
  readonly shadowsOf?: string | undefined;
  /** What it shares with the feedback of the row, where that was allowed: then it is no independent audit. */
  readonly mark?: string | undefined;
  /** What the evaluator was made of on this model; absent in results below version 4. */
  readonly madeOf?: MadeOf | undefined;
  readonly reading: AttackStrengthReading | AttackReason;
}

/** Training on the forget set: the same optimizer and batches for every model of a run. */
export interface Relearn {
  /** The loss to reach: the original's mean loss on the forget set. */
  readonly target: number;
  readonly steps: Reading;
  /** The mean loss on the forget set before any step, after the first, and so on. */
  readonly losses: readonly number[];
}

/** What was measured of one model beside its metrics. */
export interface ModelAudit {
  /** 95 % intervals over samples: Clopper-Pearson for shares, in percent; DeLong for the AUC. */
  readonly intervals: Readonly<Record<keyof RowMetrics, Ends | Missing>>;
  /** phi = log(p_y / (1 - p_y)) of single images, to four decimals; the forget set in the order of its indexes. */
  readonly phi: { readonly forget: readonly number[]; readonly unseen: readonly number[] };
  /** Evaluators; empty where none was asked for. */
  readonly attacks: readonly AttackReading[];
  /** 1 minus the mean divergence from an incompetent teacher on the forget set; where a run has one. */
  readonly zrf?: Reading | undefined;
  /** How fast it comes back; where that was asked for. */
  readonly relearn?: Relearn | Missing | undefined;
  /** What forgetting a class did to it and to the others; where a class is forgotten as a whole. */
  readonly classes?: ClassView | Missing | undefined;
}

/** Whether an attack has a strength. */
export function hasStrength(reading: AttackReading["reading"]): reading is AttackStrengthReading {
  return "auc" in reading;
}
