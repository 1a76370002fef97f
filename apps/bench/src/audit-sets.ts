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

/**
 * How much of the test set each part gets. RMIA counts in steps of one over the population: with too small a one, more
 * unseen images than a rate of 1 % allows share the highest score, and the attack looks blind there.
 */
export const auditShares = { unseen: 0.5, fitNonMembers: 0.1, population: 0.35, calibration: 0.05 } as const;

/** Cuts the test set for audits; the same for every model of a run. `rng` is the audit's own stream. */
export function cutAuditSets(testSet: IndexSet, rng: Rng): AuditSets {
  const order = rng.split("test").choice(testSet, testSet.length);
  const { unseen, fitNonMembers, population } = auditShares;
  const ends = [unseen, unseen + fitNonMembers, unseen + fitNonMembers + population].map((share) =>
    Math.ceil(share * order.length),
  );
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
