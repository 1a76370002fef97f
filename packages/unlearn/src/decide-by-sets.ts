import type { FeedbackAttack } from "@ltu/core";

import type { SetLabels } from "./match-non-members.ts";
import type { LtuOptions } from "./option-sets.ts";

/** The options of a run, with nothing left to decide. */
export type DecidedOptions = Omit<LtuOptions, "batchStatistics" | "matchClasses"> & {
  readonly batchStatistics: "own" | "joint";
  readonly matchClasses: boolean;
};

/** Above this distance between the classes of both sets a forget set is of one kind. */
const ofOneKind = 0.5;

/**
 * Decides what options leave to the sets of a request: with `"auto"` a forget set whose classes lie far from those of the
 * accessible retain set gets joint batch statistics and targets of its own classes, any other gets neither. Targets of its
 * classes need attacks that know the labels of their non-members: with others they are left as they are.
 */
export function decideBySets(
  { batchStatistics, matchClasses, ...options }: LtuOptions,
  { attacks, ...labels }: SetLabels & { readonly attacks: readonly FeedbackAttack[] },
): DecidedOptions {
  const isOfOneKind = classDistance(labels) > ofOneKind;
  const knowLabels = attacks.every(
    ({ nonMember }) => nonMember.labels !== undefined && nonMember.strangers !== undefined,
  );
  return {
    ...options,
    batchStatistics: batchStatistics === "auto" ? (isOfOneKind ? "joint" : "own") : batchStatistics,
    matchClasses: matchClasses === "auto" ? isOfOneKind && knowLabels : matchClasses,
  };
}

/**
 * How differently classes are shared out in two sets: the total variation distance, from 0 (alike) to 1 (no class in
 * common, as where a whole class is forgotten).
 */
export function classDistance({ forget, retain }: SetLabels): number {
  const [inForget, inRetain] = [sharesOf(forget), sharesOf(retain)];
  const classes = new Set([...inForget.keys(), ...inRetain.keys()]);
  const differences = [...classes].map((label) =>
    Math.abs((inForget.get(label) ?? 0) - (inRetain.get(label) ?? 0)),
  );
  return differences.reduce((sum, value) => sum + value, 0) / 2;
}

function sharesOf(labels: ArrayLike<number>): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  for (const label of Array.from(labels)) shares.set(label, (shares.get(label) ?? 0) + 1 / labels.length);
  return shares;
}
