import type { Stage } from "@ltu/runner";

import type { PlannedAttack } from "./compose-attacks.ts";
import type { MethodPlan } from "./compose-methods.ts";
import type { RunContext } from "./run-context.ts";
import { auditStage } from "./stages/audit.ts";
import { fitAttacksStage } from "./stages/fit-attacks.ts";
import { accessibleRetainStage, prepareStage } from "./stages/prepare.ts";
import { trainOracleStage } from "./stages/train-oracle.ts";
import { trainOriginalStage } from "./stages/train-original.ts";
import { trainReferencesStage } from "./stages/train-references.ts";
import { unlearnStage } from "./stages/unlearn.ts";

/** One row of the table with the stages that make it. */
export interface PlannedRow {
  readonly method: MethodPlan;
  /** Trains the reference models that its attacks compare with. */
  readonly references?: Stage | undefined;
  readonly attacks?: Stage | undefined;
  readonly unlearn: Stage;
  readonly audit: Stage;
}

/** A retrained model with the stages that make and measure it. */
export interface PlannedOracle {
  readonly name: string;
  readonly train: Stage;
  readonly audit: Stage;
}

/** All stages of a run. The first row is the retrained model. */
export interface Plan {
  readonly prepare: Stage;
  readonly accessible: Stage;
  readonly original: Stage;
  readonly auditOriginal: Stage;
  readonly oracles: {
    /** The first of them is the first row's model. */
    readonly reference: readonly [PlannedOracle, ...PlannedOracle[]];
    readonly heldOut: readonly PlannedOracle[];
  };
  readonly rows: readonly PlannedRow[];
  /** In the order in which they run. */
  readonly stages: readonly Stage[];
}

/**
 * Puts the stages of a run in order: the sets, the original, then the retrained models and each method, each with its
 * audit.
 *
 * @param methods - The retrained model first.
 */
export function planRun(context: RunContext, methods: readonly [MethodPlan, ...MethodPlan[]]): Plan {
  const prepare = prepareStage(context);
  const accessible = accessibleRetainStage(context, prepare);
  const original = trainOriginalStage(context, prepare);
  const trainReferences = trainReferencesStage(context, { prepare, accessible });
  const referencesFor = (attacks: readonly PlannedAttack[]): Stage | undefined =>
    attacks.some(({ definition }) => definition.reference !== undefined) ? trainReferences : undefined;
  const attackStages = new Map<string, Stage>();
  const attacksFor = (attacks: readonly PlannedAttack[]): Stage | undefined => {
    if (attacks.length === 0) return undefined;
    const key = attacks.map(({ name, sha256 = "" }) => `${name} ${sha256}`).join();
    const stage =
      attackStages.get(key) ??
      fitAttacksStage(context, {
        prepare,
        accessible,
        original,
        references: referencesFor(attacks),
        attacks,
      });
    attackStages.set(key, stage);
    return stage;
  };
  const auditOriginal = auditStage(context, { prepare, unlearned: original, label: "original" });
  const planRow = (method: MethodPlan): PlannedRow => {
    const attacks = attacksFor(method.attacks);
    const unlearn = unlearnStage(context, { prepare, accessible, original, attacks }, method);
    const audit = auditStage(context, { prepare, unlearned: unlearn, label: method.label });
    return { method, references: referencesFor(method.attacks), attacks, unlearn, audit };
  };
  const further = (name: string): PlannedOracle => {
    const train = trainOracleStage(context, { prepare, name });
    return { name, train, audit: auditStage(context, { prepare, unlearned: train, label: name }) };
  };
  const [retrain, ...others] = methods;
  const first = planRow(retrain);
  const rows = [first, ...others.map(planRow)];
  const { count, heldOut } = context.experiment.oracles;
  const named = (name: string, from: number, to: number): PlannedOracle[] =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => further(`${name} ${from + i}`));
  const oracles = {
    reference: [{ name: "oracle 1", train: first.unlearn, audit: first.audit }, ...named("oracle", 2, count)],
    heldOut: named("held-out oracle", 1, heldOut),
  } as const;
  const stages = [
    prepare,
    accessible,
    original,
    auditOriginal,
    first.unlearn,
    first.audit,
    ...[...oracles.reference, ...oracles.heldOut].flatMap(({ train, audit }) => [train, audit]),
    ...rows.flatMap(({ references, attacks, unlearn, audit }) =>
      [references, attacks, unlearn, audit].filter((stage) => stage !== undefined),
    ),
  ];
  return { prepare, accessible, original, auditOriginal, oracles, rows, stages: [...new Set(stages)] };
}
