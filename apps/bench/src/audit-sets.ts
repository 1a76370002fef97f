import type { IndexSet, Rng } from "@ltu/core";

/** The test set cut into the parts of an audit: no image serves two purposes. */
export interface AuditSets {
  /** Scored against the forget set: half of the test set. */
  readonly unseen: IndexSet;
  /** Fits attacks as non-members. */
  readonly fitNonMembers: IndexSet;
  /** Stands for the population of RMIA. */
  readonly population: IndexSet;
  /** Brings the scores of several attacks to one scale. */
  readonly calibration: IndexSet;
}

/** Cuts the test set for audits; the same for every model of a run. `rng` is the audit's own stream. */
export function cutAuditSets(testSet: IndexSet, rng: Rng): AuditSets {
  const order = rng.split("test").choice(testSet, testSet.length);
  const ends = [0.5, 0.7, 0.85].map((share) => Math.ceil(share * order.length));
  const part = (from: number | undefined, to: number | undefined): IndexSet => order.slice(from, to).sort();
  return {
    unseen: part(0, ends[0]),
    fitNonMembers: part(ends[0], ends[1]),
    population: part(ends[1], ends[2]),
    calibration: part(ends[2], undefined),
  };
}

/**
 * Retained images that fit attacks as members, as many as there are non-members. Those that fitted feedback are left out
 * as long as there are others.
 */
export function drawFitMembers(
  retainSet: IndexSet,
  {
    count,
    usedByFeedback,
    rng,
  }: { readonly count: number; readonly usedByFeedback: IndexSet; readonly rng: Rng },
): IndexSet {
  const used = new Set(usedByFeedback);
  const fresh = retainSet.filter((index) => !used.has(index));
  const from = fresh.length > 0 ? fresh : retainSet;
  return rng.split("members").choice(from, Math.min(count, from.length)).sort();
}
