import { stageKey, type Stage } from "@ltu/runner";

import type { PlannedEvaluator } from "./compose-evaluators.ts";
import type { MethodPlan } from "./compose-methods.ts";
import { planAttacks, shadowModelStages, type Attacked, type PlannedAttacks } from "./plan-attacks.ts";
import { feedbackStages, feedbackUse, streamOf } from "./plan-feedback.ts";
import { planForgetSets } from "./plan-forget-sets.ts";
import { planFurther, type PlannedFurther } from "./plan-further.ts";
import { planUnlearning, type PlannedUnlearning } from "./plan-unlearning.ts";
import type { RunContext } from "./run-context.ts";
import { auditStage } from "./stages/audit.ts";
import type { ReferenceOracle } from "./stages/held-out-attacks.ts";
import { readOutputsStage } from "./stages/read-outputs.ts";
import { trainOracleStage } from "./stages/train-oracle.ts";

/** The stages that measure one model. */
export interface PlannedAudit {
  /** Reads its logits, once. */
  readonly outputs: Stage;
  /** Computes its metrics from them. */
  readonly audit: Stage;
  /** Lets the evaluators attack it; absent where the plan has none. */
  readonly attack?: Stage | undefined;
}

/** One row of the table with the stages that make it. */
export interface PlannedRow extends PlannedAudit, PlannedUnlearning {
  readonly method: MethodPlan;
}

/** A retrained model with the stages that make and measure it. */
export interface PlannedOracle extends PlannedAudit {
  readonly name: string;
  readonly train: Stage;
}

/** All stages of a run. The first row is the retrained model. */
export interface Plan {
  readonly prepare: Stage;
  readonly accessible: Stage;
  readonly original: Stage;
  readonly originalAudit: PlannedAudit;
  readonly oracles: {
    /** The first of them is the first row's model. */
    readonly reference: readonly [PlannedOracle, ...PlannedOracle[]];
    readonly heldOut: readonly PlannedOracle[];
  };
  readonly rows: readonly [PlannedRow, ...PlannedRow[]];
  /** None without evaluators, or where the budget is "none". */
  readonly shadows: Pick<PlannedAttacks, "methods" | "originals">;
  /** What measures beside metrics and attacks need; absent where none were asked for. */
  readonly further?: PlannedFurther | undefined;
  /** In the order in which they run. */
  readonly stages: readonly Stage[];
}

/** What of a run is planned beside its models and their metrics. */
export interface PlanOptions {
  /** What attacks every model, of `composeEvaluators`; nothing by default, as for searches and for studies that do not ask. */
  readonly evaluators?: readonly PlannedEvaluator[];
  /** Let evaluators that share with the feedback of a row compute, and mark them; false by default. */
  readonly allowSharedEvaluator?: boolean;
  /** ZRF, and what the experiment asks of relearning and repeats; false by default, for studies and searches have no place for them. */
  readonly further?: boolean;
}

/**
 * Puts the stages of a run in order: the sets, the original, then the retrained models and each method, each with its
 * audit.
 *
 * @param methods - The retrained model first.
 */
export function planRun(
  context: RunContext,
  methods: readonly [MethodPlan, ...MethodPlan[]],
  { evaluators = [], allowSharedEvaluator = false, further: isFurther = false }: PlanOptions = {},
): Plan {
  const sets = planForgetSets(context);
  const { prepare, accessible, original } = sets;
  const measured = (weights: Stage, label: string): PlannedAudit => {
    const outputs = readOutputsStage(context, { prepare, weights, label });
    return { outputs, audit: auditStage(context, { outputs, label }) };
  };
  const unlearnAll = planUnlearning(context, sets);
  const unlearned = (method: MethodPlan): PlannedRow => {
    const stages = unlearnAll(method);
    return { method, ...stages, ...measured(stages.unlearn, method.label) };
  };
  const retrained = (name: string): PlannedOracle => {
    const train = trainOracleStage(context, { prepare, name });
    return { name, train, ...measured(train, name) };
  };
  const numbered = (name: string, from: number, to: number): PlannedOracle[] =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => retrained(`${name} ${from + i}`));

  const [retrain, ...others] = methods;
  const { unlearn: train, outputs, audit, ...first } = unlearned(retrain);
  const { count, heldOut } = context.experiment.oracles;
  const reference = [{ name: "oracle 1", train, outputs, audit }, ...numbered("oracle", 2, count)] as const;
  const references = reference.map((oracle): ReferenceOracle => ({
    key: stageKey(oracle.train),
    seed: streamOf(oracle.train),
    outputs: oracle.outputs,
  }));
  const before = measured(original, "original");
  const attacks =
    evaluators.length > 0
      ? planAttacks(context, {
          evaluators,
          prepare,
          accessible,
          before: before.outputs,
          references,
          methods: others,
          allowSharedEvaluator,
        })
      : undefined;
  const attacked = <T extends PlannedAudit>(planned: T, model: Omit<Attacked, "outputs">): T =>
    attacks === undefined
      ? planned
      : { ...planned, attack: attacks.attack({ ...model, outputs: planned.outputs }) };
  const attackedOracle = (oracle: PlannedOracle, label = oracle.name): PlannedOracle =>
    attacked(oracle, { weights: oracle.train, label });

  const [firstOracle, ...furtherOracles] = reference;
  const oracles = {
    reference: [
      attackedOracle(firstOracle, retrain.label),
      ...furtherOracles.map((oracle) => attackedOracle(oracle)),
    ] as const,
    heldOut: numbered("held-out oracle", 1, heldOut).map((oracle) => attackedOracle(oracle)),
  };
  const { attack } = oracles.reference[0];
  const rows = [
    { ...first, unlearn: train, outputs, audit, attack },
    ...others.map(unlearned).map((row) => {
      const { method, unlearn: weights } = row;
      const use = feedbackUse(context, row);
      return attacked(row, { weights, label: method.label, method, use });
    }),
  ] as const;
  const originalAudit = attacked(before, { weights: original, label: "original" });
  const further = isFurther
    ? planFurther(context, {
        sets,
        before: { label: "original", weights: original, outputs: before.outputs },
        oracles: [...oracles.reference, ...oracles.heldOut].map((oracle) => ({
          label: oracle.name,
          weights: oracle.train,
          outputs: oracle.outputs,
        })),
        rows: rows.slice(1).map(({ method, unlearn: weights, outputs: read }) => ({
          label: method.label,
          weights,
          outputs: read,
          method,
        })),
      })
    : undefined;
  const audits = (planned: PlannedAudit): (Stage | undefined)[] => [
    planned.outputs,
    planned.audit,
    planned.attack,
  ];
  const stages = [
    ...sets.stages,
    ...[...oracles.reference, ...oracles.heldOut].map((oracle) => oracle.train),
    ...(attacks === undefined ? [] : shadowModelStages(attacks)),
    ...audits(originalAudit),
    ...[...oracles.reference, ...oracles.heldOut].flatMap(audits),
    ...rows.flatMap((row) => [...row.earlier, ...feedbackStages(row), row.unlearn, ...audits(row)]),
    ...(further?.stages ?? []),
  ].filter((stage) => stage !== undefined);
  const shadows = { originals: attacks?.originals ?? [], methods: attacks?.methods ?? [] };
  return {
    prepare,
    accessible,
    original,
    originalAudit,
    oracles,
    rows,
    shadows,
    further,
    stages: [...new Set(stages)],
  };
}
