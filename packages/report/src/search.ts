import { gapTo } from "./gap.ts";
import { isMissing } from "./reasons.ts";
import type { Json, RowMetrics } from "./result.ts";

/** The version of the format of searches that this package writes and reads. */
export const searchVersion = 1;

/** A value of an option. */
export type SearchValue = number | string | boolean;

/** Where the values of one option lie; both ends belong to it. */
export type SearchRange =
  | { readonly scale: "log" | "linear" | "whole"; readonly from: number; readonly to: number }
  | { readonly scale: "choice"; readonly values: readonly SearchValue[] };

/** Where the options of a row lie: those that are searched, and those that stand. */
export interface SearchSpace {
  readonly fixed: Readonly<Record<string, SearchValue>>;
  readonly ranges: Readonly<Record<string, SearchRange>>;
}

/** What one configuration came to at one pilot seed. */
export type SearchReading = {
  readonly seed: number;
  /** What it took, measuring included; absent where that was not noted. */
  readonly seconds?: number | undefined;
} & (
  | {
      readonly metrics: RowMetrics;
      readonly cost: {
        readonly imagesForward: number;
        readonly imagesBackward: number;
        readonly steps: number;
      };
    }
  /** It diverged; `detail` names the step. */
  | { readonly failed: { readonly reason: "DIVERGED"; readonly detail: string } }
);

/** One configuration at every pilot seed; at the first alone where a shortlist left it out. */
export interface SearchTrial {
  readonly options: Readonly<Record<string, SearchValue>>;
  readonly seeds: readonly SearchReading[];
}

/** What the rule chose. */
export interface SearchChoice {
  /** Place among the trials, from 0. */
  readonly index: number;
  readonly options: Readonly<Record<string, SearchValue>>;
  readonly meanGap: number;
  readonly tried: number;
  readonly failed: number;
}

/** The search of one row. */
export interface SearchRow extends SearchSpace {
  readonly label: string;
  /** As in `baselines`, or `"ltu"`. */
  readonly method: string;
  /** What every configuration is laid over. */
  readonly base: Readonly<Record<string, Json>>;
  /** What others have published, and whose it is. */
  readonly published: SearchSpace & {
    /** A range, a point with a range of ours around it, or nothing. */
    readonly what: "range" | "point" | "none";
    readonly source: string;
  };
  readonly trials: readonly SearchTrial[];
  /** What the rule chose, or why nothing could be chosen. */
  readonly choice: SearchChoice | { readonly reason: string };
}

/** The content of `search.json`: every trial of a search of options, and what was chosen by it. */
export interface Search {
  readonly schemaVersion: 1;
  readonly kind: "search";
  readonly name: string;
  readonly description: string;
  /** The search file with its base experiment, complete. */
  readonly config: Json;
  /** What stood in place of the test set. */
  readonly measuredOn: "validation";
  readonly rule: string;
  readonly seeds: readonly number[];
  /** The share of each row's configurations that went on from the first seed to the others; absent where all did. */
  readonly shortlist?: number | undefined;
  /** The retrained models' mean numbers at each seed, measured on the same images, and how many there are. */
  readonly retrain: readonly {
    readonly seed: number;
    readonly oracles: number;
    readonly metrics: RowMetrics;
  }[];
  readonly rows: readonly SearchRow[];
  readonly engine: { readonly name: string; readonly threads: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** Avg. Gap of one configuration at one seed to the retrained models of that seed, or why it has none. */
export function searchGap(
  reading: SearchReading,
  { retrain }: Pick<Search, "retrain">,
): number | { readonly reason: string } {
  if ("failed" in reading) return { reason: reading.failed.reason };
  const gap = gapTo(reading.metrics, retrain.find(({ seed }) => seed === reading.seed)?.metrics);
  return isMissing(gap) ? { reason: gap.reason } : gap.value;
}

/**
 * The configurations that go on from the first pilot seed to the others: the share `shortlist` of them, rounded up, with the
 * smallest Avg. Gap there; of equal ones the first. One that failed never goes on.
 *
 * Source: successive halving (K. Jamieson, A. Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization", AISTATS 2016) with one cut; ours keeps any share, and seeds take the place of epochs.
 *
 * @param gaps - At the first seed, by configuration.
 * @param shortlist - Above 0, at most 1.
 * @returns Places among the configurations, from 0, in rising order.
 */
export function shortlistOf(
  gaps: readonly (number | { readonly reason: string })[],
  shortlist: number,
): readonly number[] {
  const found = gaps.flatMap((gap, index) => (typeof gap === "number" ? [{ gap, index }] : []));
  return found
    .toSorted((a, b) => a.gap - b.gap || a.index - b.index)
    .slice(0, Math.ceil(gaps.length * shortlist))
    .map(({ index }) => index)
    .toSorted((a, b) => a - b);
}

/** What a search took: it belongs to what a method costs. */
export interface SearchCost {
  readonly imagesForward: number;
  readonly imagesBackward: number;
  readonly seconds: number;
  /** Runs that diverged: what they saw is in no sum. */
  readonly failed: number;
  /** Runs whose seconds were not noted. */
  readonly untimed: number;
}

/** Sums what all trials of a row took. */
export function searchCost({ trials }: Pick<SearchRow, "trials">): SearchCost {
  const readings = trials.flatMap(({ seeds }) => seeds);
  const sum = (of: (reading: SearchReading) => number): number =>
    readings.reduce((total, reading) => total + of(reading), 0);
  return {
    imagesForward: sum((reading) => ("cost" in reading ? reading.cost.imagesForward : 0)),
    imagesBackward: sum((reading) => ("cost" in reading ? reading.cost.imagesBackward : 0)),
    seconds: sum(({ seconds = 0 }) => seconds),
    failed: sum((reading) => ("failed" in reading ? 1 : 0)),
    untimed: sum(({ seconds }) => (seconds === undefined ? 1 : 0)),
  };
}
