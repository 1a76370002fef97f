import { chooseConfigurations, type Choice, type Configuration, type SearchGrid } from "@ltu/baselines";
import { isLtuError } from "@ltu/core";
import { gapTo, isMissing, type Gap, type RowMetrics } from "@ltu/report";

import type { MethodSearch } from "./plan-tune.ts";
import type { TrialOutcome } from "./trial.ts";

/** What one configuration came to at one pilot seed. */
export type Trial = { readonly seed: number } & (TrialOutcome & { readonly gap?: Gap });

/** The search of one method. */
export interface TunedMethod {
  readonly method: string;
  readonly grid: SearchGrid;
  readonly base: Readonly<Record<string, unknown>>;
  readonly trials: readonly { readonly options: Configuration; readonly seeds: readonly Trial[] }[];
  /** What the rule chose, or why nothing could be chosen. */
  readonly choice: (Choice & { readonly options: Configuration }) | { readonly reason: string };
}

/** The content of `tune.json`. */
export interface Tune {
  readonly schemaVersion: 1;
  readonly kind: "tune";
  readonly experiment: { readonly name: string; readonly config: unknown };
  /** What stood in place of the test set. */
  readonly measuredOn: "validation";
  readonly rule: string;
  readonly seeds: readonly number[];
  /** The retrained models' mean numbers at each seed, measured on the same images, and how many there are. */
  readonly retrain: readonly {
    readonly seed: number;
    readonly oracles: number;
    readonly metrics: RowMetrics;
  }[];
  readonly methods: readonly TunedMethod[];
  readonly engine: { readonly name: string; readonly threads: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

const rule =
  "smallest mean Avg. Gap over the pilot seeds, validation images in place of test images; of equal ones the first; configurations that failed are left out; as many configurations for every method";
const attackNote =
  "ltu: its attacks were fitted with the same validation images as non-members, so they are not fresh to it";

/** Collects the trials of a search, and lets the rule choose. */
export function assembleTune({
  searches,
  retrain,
  outcomes,
  ...rest
}: Pick<Tune, "experiment" | "seeds" | "retrain" | "engine" | "versions"> & {
  readonly searches: readonly MethodSearch[];
  /** By method, by configuration, by seed. */
  readonly outcomes: readonly (readonly (readonly TrialOutcome[])[])[];
}): Tune {
  const methods = searches.map(({ method, grid, base, configurations }, m): TunedMethod => {
    const trials = configurations.map((options, c) => ({
      options,
      seeds: retrain.map(({ seed, metrics: oracle }, s): Trial => {
        const outcome = outcomes[m]?.[c]?.[s] as TrialOutcome;
        if ("failed" in outcome) return { seed, ...outcome };
        return { seed, ...outcome, gap: gapTo(outcome.metrics, oracle) };
      }),
    }));
    return { method, grid, base, trials, choice: choiceOf(method, trials, rest.seeds) };
  });
  return {
    schemaVersion: 1,
    kind: "tune",
    measuredOn: "validation",
    rule,
    retrain,
    ...rest,
    methods,
    notes: methods.some(({ grid }) => grid.factory === "ltu") ? [attackNote] : [],
  };
}

/** The gap of a trial, or why it has none. */
export function gapOf(trial: Trial): number | { readonly reason: string } {
  if ("failed" in trial) return { reason: trial.failed.reason };
  const { gap } = trial;
  if (gap === undefined) return { reason: "NO_ORACLE" };
  return isMissing(gap) ? { reason: gap.reason } : gap.value;
}

function choiceOf(
  method: string,
  trials: TunedMethod["trials"],
  seeds: readonly number[],
): TunedMethod["choice"] {
  const gaps = trials.map((trial) => trial.seeds.map(gapOf));
  try {
    const choice = chooseConfigurations({ [method]: { measuredOn: "validation", seeds, gaps } })[
      method
    ] as Choice;
    return { ...choice, options: trials[choice.index]?.options as Configuration };
  } catch (error) {
    if (!isLtuError(error) || error.code !== "DIVERGED") throw error;
    return { reason: error.message };
  }
}
