import type { Predictions } from "@ltu/core";

import { bestThreshold } from "../feedback/fit-threshold.ts";
import type { AttackFamily } from "./attack-families.ts";
import type { AuditSamples, FitPart } from "./audit-input.ts";
import { auditScores } from "./audit-result.ts";
import { checkOptions, wholeFrom, yesOrNo } from "./check-options.ts";
import { defineEvaluator, type Evaluator } from "./evaluator.ts";

/** Options of the threshold attacks. */
export interface SignalThresholdOptions {
  /** A threshold for each class instead of one for all; false by default. */
  readonly perClass?: boolean;
  /** A class with fewer fitting members, or non-members, takes the threshold of all classes, and the result names it; 10. */
  readonly minClassSamples?: number;
}

/**
 * A threshold on one signal: score = -signal - t, or -signal - t_y for each class y, above 0 for predicted members.
 *
 * t parts the fitting members and non-members with the best balanced accuracy.
 *
 * @returns An evaluator; its result has `thresholds` and `classesWithoutOwn`. Without members or non-members to fit on the
 * reason is `ONE_SIDED`.
 */
export function signalThreshold(
  name: string,
  family: AttackFamily,
  {
    signal,
    readsLabels,
  }: { readonly signal: (outputs: Predictions) => Float64Array; readonly readsLabels: boolean },
  options: SignalThresholdOptions = {},
): Evaluator {
  checkOptions(name, options, { perClass: yesOrNo, minClassSamples: wholeFrom(1) });
  const { perClass = false, minClassSamples = 10 } = options;
  const values = (samples: AuditSamples): Float64Array => signal(samples).map((value) => -value);
  return defineEvaluator({
    name,
    kind: "population",
    families: [family],
    needs: ["fit"],
    readsLabels: readsLabels || perClass,
    score: ({ score: { samples }, fit }) => {
      const { members, nonMembers } = fit as FitPart;
      if (members.labels.length === 0 || nonMembers.labels.length === 0) {
        return {
          reason: "ONE_SIDED",
          detail: `${name}: expected members and non-members to fit on, found ${members.labels.length} and ${nonMembers.labels.length}; give both.`,
        };
      }
      const [inside, outside] = [values(members), values(nonMembers)];
      const overall = bestThreshold(inside, outside);
      const ofClass = (all: Float64Array, { labels }: AuditSamples, y: number): Float64Array =>
        all.filter((_, i) => labels[i] === y);
      const classesWithoutOwn: number[] = [];
      const thresholds = Array.from({ length: perClass ? samples.classes : 1 }, (_, y) => {
        if (!perClass) return overall;
        const [own, others] = [ofClass(inside, members, y), ofClass(outside, nonMembers, y)];
        if (Math.min(own.length, others.length) >= minClassSamples) return bestThreshold(own, others);
        classesWithoutOwn.push(y);
        return overall;
      });
      const scores = values(samples).map(
        (value, i) => value - (thresholds[perClass ? (samples.labels[i] as number) : 0] as number),
      );
      return auditScores(scores, "population", {
        thresholds,
        classesWithoutOwn,
        fitMembers: inside.length,
        fitNonMembers: outside.length,
      });
    },
  });
}
