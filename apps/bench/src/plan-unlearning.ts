import type { Stage } from "@ltu/runner";

import type { MethodPlan } from "./compose-methods.ts";
import { feedbackStages, planFeedback, type PlannedFeedback } from "./plan-feedback.ts";
import type { PlannedSets } from "./plan-forget-sets.ts";
import type { RunContext } from "./run-context.ts";
import { unlearnStage } from "./stages/unlearn.ts";

/** The stages that make the model of one row. */
export interface PlannedUnlearning extends PlannedFeedback {
  /** Of a stream of requests what was done for those before the last; empty elsewhere. */
  readonly earlier: readonly Stage[];
  /** Of them the stages that unlearned, each from the model that the one before it left. */
  readonly earlierModels: readonly Stage[];
  readonly unlearn: Stage;
}

/**
 * Plans how each method of a run unlearns. Of a stream of requests it answers one after the other: each from the model that
 * the one before it left, with attacks that are fitted to that model, and with the request alone as its forget set. The
 * retrained model answers all of them at once.
 */
export function planUnlearning(
  context: RunContext,
  { requests, original }: PlannedSets,
): (method: MethodPlan) => PlannedUnlearning {
  // The first answers of all methods begin at the original: methods with the same attacks share them.
  const first = planFeedback(context, { ...requests[0], original });
  return (method) => {
    const isRetrained = method.method === "retrain";
    const answered = isRetrained ? requests.slice(-1) : requests;
    const earlier: Stage[] = [];
    const earlierModels: Stage[] = [];
    let from = original;
    let last: (PlannedFeedback & { readonly unlearn: Stage }) | undefined;
    for (const [i, { prepare, accessible, request }] of answered.entries()) {
      if (last !== undefined) {
        earlier.push(...feedbackStages(last), last.unlearn);
        earlierModels.push(last.unlearn);
        from = last.unlearn;
      }
      const feedback = i === 0 ? first : planFeedback(context, { prepare, accessible, original: from });
      const stages = feedback(method);
      const which = isRetrained ? {} : { request };
      const unlearn = unlearnStage(
        context,
        { prepare, accessible, original: from, ...stages, ...which },
        method,
      );
      last = { ...stages, unlearn };
    }
    return { ...(last as NonNullable<typeof last>), earlier, earlierModels };
  };
}
