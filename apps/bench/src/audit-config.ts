import { shadowBudgets } from "@ltu/mia/evaluators";
import { z } from "zod";

import { evaluatorNeeds, type EvaluatorName } from "./evaluator-names.ts";

/** How many shadow originals are trained: a rung of the ladder, or an even number. */
export type ShadowBudget = "none" | keyof typeof shadowBudgets | number;

/** How an experiment audits its models beside their metrics. */
export interface AuditConfig {
  /** Evaluators that attack every model beside MIA-efficacy. */
  readonly evaluators: readonly string[];
  /** Shadow models, for the evaluators that compare with such. */
  readonly shadows: { readonly budget: ShadowBudget };
}

/** They cost no forward pass beyond those of the metrics. */
const always: readonly EvaluatorName[] = [
  "loss-threshold",
  "modified-entropy-threshold",
  "quantile",
  "rmia",
  "union",
  "intersection",
];

/** What an experiment file says of its audit, before defaults that depend on other parts are filled in. */
export const auditConfig: z.ZodType<
  Omit<AuditConfig, "evaluators"> & { readonly evaluators?: readonly string[] | undefined }
> = z
  .strictObject({
    evaluators: z.array(z.string()).optional(),
    shadows: z
      .strictObject({
        budget: z
          .union([
            z.enum(["none", ...(Object.keys(shadowBudgets) as (keyof typeof shadowBudgets)[])]),
            z
              .int()
              .min(2)
              .refine((count) => count % 2 === 0, "an even number, for halves come in pairs"),
          ])
          .default("none"),
      })
      .default({ budget: "none" }),
  })
  .default({ shadows: { budget: "none" } });

/**
 * The evaluators of an experiment that names none: those that are cheap, and with shadow models those that compare with
 * them.
 *
 * @param hasUnlearned - Whether there is a method whose shadow models are unlearned too.
 */
export function defaultEvaluators(budget: ShadowBudget, hasUnlearned: boolean): readonly string[] {
  const withShadows = (Object.keys(evaluatorNeeds) as EvaluatorName[]).filter(
    (name) => evaluatorNeeds[name] === "originals" || (hasUnlearned && evaluatorNeeds[name] === "unlearned"),
  );
  return budget === "none" ? always : [...always, ...withShadows];
}

/** The number of shadow originals of a budget. */
export function shadowCount(budget: ShadowBudget): number {
  if (budget === "none") return 0;
  return typeof budget === "number" ? budget : shadowBudgets[budget];
}
