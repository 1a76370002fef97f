import type { IndexSet, Rng } from "@ltu/core";

import { testParts, type ForgottenClass } from "./forget/forgotten-class.ts";

/** The test set cut into the parts of an audit: no image serves two purposes. */
export interface AuditSets {
  /** Scored against the forget set: half of the test set, or the test images of a class that is forgotten as a whole. */
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

/**
 * Cuts the test set for audits; the same for every model of a run.
 *
 * Where a class is forgotten as a whole, its test images are the unseen ones: against images of other classes an attack
 * would tell classes apart and not members. What fits and calibrates attacks is then cut from the other classes alone.
 *
 * @param rng - The audit's own stream.
 */
export function cutAuditSets(testSet: IndexSet, rng: Rng, forgotten?: ForgottenClass): AuditSets {
  if (forgotten !== undefined) {
    const parts = testParts(testSet, forgotten);
    const { unseen, ...others } = cutAuditSets(parts.others, rng);
    // Of the other classes none is scored: the images that would be go to the population.
    return {
      ...others,
      unseen: parts.forgotten,
      population: Int32Array.from([...others.population, ...unseen]).sort(),
    };
  }
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
