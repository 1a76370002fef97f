import type { FeedbackAttack } from "@ltu/core";

import { classDistance } from "./class-shares.ts";
import type { SetLabels } from "./match-non-members.ts";
import type { LtuOptions } from "./option-sets.ts";

/** The options of a run, with nothing left to decide. */
export type DecidedOptions = Omit<LtuOptions, "batchStatistics" | "matchClasses"> & {
  readonly batchStatistics: "own" | "joint";
  readonly matchClasses: boolean;
};

/** Above this distance between the classes of both sets a forget set is of one kind. */
const ofOneKind = 1 / 3;

/**
 * Decides what options leave to the sets of a request: with `"auto"` a forget set whose classes lie far from those of the
 * accessible retain set gets joint batch statistics and targets of its own classes, any other gets neither. Targets of its
 * classes need attacks that know the labels of their non-members: with others they are left as they are.
 *
 * Source: ours.
 */
export function decideBySets(
  { batchStatistics, matchClasses, ...options }: LtuOptions,
  { attacks, ...labels }: SetLabels & { readonly attacks: readonly FeedbackAttack[] },
): DecidedOptions {
  const isOfOneKind = classDistance(labels.forget, labels.retain) > ofOneKind;
  const knowLabels = attacks.every(
    ({ nonMember }) => nonMember.labels !== undefined && nonMember.strangers !== undefined,
  );
  return {
    ...options,
    batchStatistics: batchStatistics === "auto" ? (isOfOneKind ? "joint" : "own") : batchStatistics,
    matchClasses: matchClasses === "auto" ? isOfOneKind && knowLabels : matchClasses,
  };
}
