import { isLtuError } from "@ltu/core";
import type { AuditInput, Evaluator, FeedbackManifest } from "@ltu/mia/evaluators";
import type { AttackReading } from "@ltu/report";

import { attackReading } from "./attack-reading.ts";
import { sharedWithFeedback, type EvaluatorUse } from "./shared-with-feedback.ts";

/** One evaluator on one model. */
export interface Question {
  readonly evaluator: Evaluator;
  /** The row whose shadow models it compares with. */
  readonly shadowsOf?: string | undefined;
  /** What it reads; or the reason why it cannot be had. */
  readonly input: () => Promise<AuditInput | { readonly reason: string; readonly detail: string }>;
  /** How many of the scored images, the last ones, no model has seen. */
  readonly unseen: number;
  readonly use: EvaluatorUse;
}

/**
 * Answers a question, unless the evaluator shares with the feedback of the row: then it is refused, or computes and is
 * marked where that was allowed.
 */
export async function answer(
  { evaluator, shadowsOf, input, unseen, use }: Question,
  {
    data,
    manifest,
    allowShared,
  }: {
    /** Content hash of the data set. */
    readonly data: string;
    readonly manifest: FeedbackManifest | undefined;
    readonly allowShared: boolean;
  },
): Promise<AttackReading> {
  const { independent, mark, madeOf } = sharedWithFeedback(evaluator, { data, manifest, use });
  const about = {
    attack: evaluator.name,
    kind: evaluator.kind,
    families: evaluator.families,
    ...(shadowsOf === undefined ? {} : { shadowsOf }),
    madeOf,
  };
  if (!independent && !allowShared) {
    return { ...about, reading: { reason: "SHARED_WITH_FEEDBACK", detail: mark ?? "" } };
  }
  const marked = { ...about, ...(mark === undefined ? {} : { mark }) };
  try {
    const given = await input();
    const reading = "reason" in given ? given : await attackReading(evaluator, given, unseen);
    return { ...marked, reading };
  } catch (error) {
    if (!isLtuError(error) || error.code === "ABORTED" || error.code === "STORE") throw error;
    return { ...marked, reading: { reason: "FAILED", detail: error.message } };
  }
}

/** The reason where models with other classes would have to be compared: their probabilities are of other things. */
export function otherClasses(
  found: number,
  expected: number,
): { readonly reason: string; readonly detail: string } | undefined {
  if (found === expected) return undefined;
  return {
    reason: "OTHER_CLASSES",
    detail: `the audited model has ${found} classes and the models it is compared with have ${expected}, so that their outputs are of other things`,
  };
}
