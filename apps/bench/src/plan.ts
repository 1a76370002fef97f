import { stageKey, type Stage } from "@ltu/runner";

import type { PlannedAttack } from "./compose-attacks.ts";
import type { MethodPlan } from "./compose-methods.ts";
import type { RunContext } from "./run-context.ts";
import { auditStage } from "./stages/audit.ts";
import { fitAttacksStage } from "./stages/fit-attacks.ts";
import { heldOutAttacksStage, type FeedbackUse, type ReferenceOracle } from "./stages/held-out-attacks.ts";
import { accessibleRetainStage, prepareStage } from "./stages/prepare.ts";
import { readOutputsStage } from "./stages/read-outputs.ts";
import { trainOracleStage } from "./stages/train-oracle.ts";
import { trainOriginalStage } from "./stages/train-original.ts";
import { trainReferencesStage } from "./stages/train-references.ts";
import { unlearnStage } from "./stages/unlearn.ts";

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
export interface PlannedRow extends PlannedAudit {
  readonly method: MethodPlan;
  /** Trains the reference models that its attacks compare with. */
  readonly references?: Stage | undefined;
  readonly attacks?: Stage | undefined;
  readonly unlearn: Stage;
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
  /** In the order in which they run. */
  readonly stages: readonly Stage[];
}

/** What of a run is planned beside its models and their metrics. */
export interface PlanOptions {
  /** Whether the experiment's evaluators attack every model; false for studies and searches, whose tables have no place for them. */
  readonly evaluators?: boolean;
  /** Let evaluators that share with the feedback of a row compute, and mark them; false by default. */
  readonly allowSharedEvaluator?: boolean;
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
  { evaluators = false, allowSharedEvaluator = false }: PlanOptions = {},
): Plan {
  const prepare = prepareStage(context);
  const accessible = accessibleRetainStage(context, prepare);
  const original = trainOriginalStage(context, prepare);
  const measured = (weights: Stage, label: string): PlannedAudit => {
    const outputs = readOutputsStage(context, { prepare, weights, label });
    return { outputs, audit: auditStage(context, { outputs, label }) };
  };
  const feedback = planFeedback(context, { prepare, accessible, original });
  const unlearned = (method: MethodPlan): PlannedRow => {
    const stages = feedback(method.attacks);
    const unlearn = unlearnStage(context, { prepare, accessible, original, ...stages }, method);
    return { method, ...stages, unlearn, ...measured(unlearn, method.label) };
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
  const attacked = <T extends PlannedAudit>(
    planned: T,
    { weights, label, use }: { readonly weights: Stage; readonly label: string; readonly use?: FeedbackUse },
  ): T => {
    if (!evaluators || context.experiment.audit.evaluators.length === 0) return planned;
    const key = stageKey(weights);
    const attack = heldOutAttacksStage(context, {
      prepare,
      accessible,
      weights,
      outputs: planned.outputs,
      key,
      label,
      oracles: references.filter((oracle) => oracle.key !== key),
      feedback: use,
      allowShared: allowSharedEvaluator,
    });
    return { ...planned, attack };
  };
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
    ...others
      .map(unlearned)
      .map((row) => attacked(row, { weights: row.unlearn, label: row.method.label, ...useOf(context, row) })),
  ] as const;
  const originalAudit = attacked(measured(original, "original"), { weights: original, label: "original" });
  const audits = (planned: PlannedAudit): (Stage | undefined)[] => [
    planned.outputs,
    planned.audit,
    planned.attack,
  ];
  const stages = [
    prepare,
    accessible,
    original,
    ...[...oracles.reference, ...oracles.heldOut].map((oracle) => oracle.train),
    ...audits(originalAudit),
    ...[...oracles.reference, ...oracles.heldOut].flatMap(audits),
    ...rows.flatMap((row) => [row.references, row.attacks, row.unlearn, ...audits(row)]),
  ].filter((stage) => stage !== undefined);
  return { prepare, accessible, original, originalAudit, oracles, rows, stages: [...new Set(stages)] };
}

/** The stages that make the feedback of a row: rows with the same attacks share them. */
function planFeedback(
  context: RunContext,
  stages: { readonly prepare: Stage; readonly accessible: Stage; readonly original: Stage },
): (attacks: readonly PlannedAttack[]) => Pick<PlannedRow, "attacks" | "references"> {
  const trainReferences = trainReferencesStage(context, stages);
  const known = new Map<string, Stage>();
  return (attacks) => {
    if (attacks.length === 0) return { references: undefined, attacks: undefined };
    const compares = attacks.some(({ definition }) => definition.reference !== undefined);
    const references = compares ? trainReferences : undefined;
    const key = attacks.map(({ name, sha256 = "" }) => `${name} ${sha256}`).join();
    const stage = known.get(key) ?? fitAttacksStage(context, { ...stages, references, attacks });
    known.set(key, stage);
    return { references, attacks: stage };
  };
}

/** What the firewall must know of a row's feedback; nothing for a row without. */
function useOf(
  { rng }: RunContext,
  { method, references, unlearn }: PlannedRow,
): { readonly use?: FeedbackUse } {
  if (method.attacks.length === 0) return {};
  return {
    use: {
      attacks: method.attacks.map(({ name }) => name),
      // The unlearning itself draws too: it may fit its attacks again.
      seeds: [rng.split("attacks").key, streamOf(unlearn), ...(references ? [streamOf(references)] : [])],
      shadowModels: references === undefined ? [] : [stageKey(references)],
    },
  };
}

/** The key of the stream that a stage draws from. */
function streamOf({ inputs }: Stage): string {
  return (inputs as { readonly rng: string }).rng;
}
