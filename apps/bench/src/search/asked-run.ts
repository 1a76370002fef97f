import { searchGap, shortlistOf, type RowMetrics } from "@ltu/report";

import type { Archive } from "../archive/archive.ts";
import type { PilotRun, PilotTrial } from "./plan-search.ts";
import { readingOf, retrainPlace, trialPlace, type TrialLine } from "./trial-archive.ts";

/** A pilot run of which some trials are not asked for. */
export interface AskedRun extends Omit<PilotRun, "trials"> {
  /** By row, in the order of its configurations; `undefined` for those that did not go on to this seed. */
  readonly trials: readonly (readonly (PilotTrial | undefined)[])[];
}

/** The trials that a run asks for. */
export function askedOf({ trials }: AskedRun): readonly PilotTrial[] {
  return trials.flat().filter((trial) => trial !== undefined);
}

/**
 * The runs of a search with a shortlist: all of the first, and of the others what did best there.
 *
 * @param archive - Holds every reading of the first run.
 */
export function shortlistedRuns(
  [first, ...others]: readonly [PilotRun, ...PilotRun[]],
  {
    archive,
    engine,
    shortlist,
  }: { readonly archive: Archive<TrialLine>; readonly engine: string; readonly shortlist: number },
): readonly AskedRun[] {
  const { seed, experiment } = first;
  const place = { experiment, seed, engine };
  const { retrain } = archive.find(retrainPlace(place)) as TrialLine & { readonly retrain: RowMetrics };
  const retrained = { retrain: [{ seed, oracles: experiment.oracles.count, metrics: retrain }] };
  const goOn = first.trials.map((row) => {
    const gaps = row.map(({ method }) => {
      const line = archive.find(trialPlace(place, method)) as TrialLine;
      return searchGap(readingOf(seed, line), retrained);
    });
    return shortlistOf(gaps, shortlist);
  });
  return [
    first,
    ...others.map((run) => ({
      ...run,
      trials: run.trials.map((row, r) =>
        row.map((trial, c) => (goOn[r]?.includes(c) === true ? trial : undefined)),
      ),
    })),
  ];
}
