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
  /** Trains every model on the forget set and counts the steps until its loss is that of the original; not unless given. */
  readonly relearn?: RelearnConfig | undefined;
  /** Several models of every method, for KLOM and forgetting quality. */
  readonly repeats: RepeatsConfig;
}

/** How models relearn: gradient descent without decay, the same batches for all. */
export interface RelearnConfig {
  readonly steps: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly momentum: number;
}

/** How many models of a method are compared with the oracles. */
export interface RepeatsConfig {
  readonly models: number;
  /**
   * Where they come from. `"own"`: each from an original of its own, so that chance in training counts on both sides.
   * `"one"`: all from the run's original, as in the 2023 challenge; a method without chance then has one outcome.
   */
  readonly originals: "one" | "own";
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

const count = z.int().min(1);
const noRepeats: RepeatsConfig = { models: 1, originals: "own" };

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
    relearn: z
      .strictObject({
        steps: count.default(100),
        batchSize: count.default(64),
        lr: z.number().gt(0).default(0.02),
        momentum: z.number().min(0).lt(1).default(0.9),
      })
      .optional(),
    repeats: z
      .strictObject({ models: count.default(1), originals: z.enum(["own", "one"]).default("own") })
      .default(noRepeats),
  })
  .default({ shadows: { budget: "none" }, repeats: noRepeats });

/** Asks unlearned shadow models about the whole population too, which no other evaluator does. */
const neverByDefault: readonly EvaluatorName[] = ["rmia-unlearned"];

/**
 * The evaluators of an experiment that names none: those that are cheap, and with shadow models those that compare with
 * them on what is scored.
 *
 * @param hasUnlearned - Whether there is a method whose shadow models are unlearned too.
 */
export function defaultEvaluators(budget: ShadowBudget, hasUnlearned: boolean): readonly string[] {
  const withShadows = (Object.keys(evaluatorNeeds) as EvaluatorName[]).filter(
    (name) =>
      !neverByDefault.includes(name) &&
      (evaluatorNeeds[name] === "originals" || (hasUnlearned && evaluatorNeeds[name] === "unlearned")),
  );
  return budget === "none" ? always : [...always, ...withShadows];
}

/** The number of shadow originals of a budget. */
export function shadowCount(budget: ShadowBudget): number {
  if (budget === "none") return 0;
  return typeof budget === "number" ? budget : shadowBudgets[budget];
}
