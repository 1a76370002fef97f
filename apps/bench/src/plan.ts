import type { Stage } from "@ltu/runner";

import type { PlannedAttack } from "./compose-attacks.ts";
import type { MethodPlan } from "./compose-methods.ts";
import type { RunContext } from "./run-context.ts";
import { auditStage } from "./stages/audit.ts";
import { fitAttacksStage } from "./stages/fit-attacks.ts";
import { accessibleRetainStage, prepareStage } from "./stages/prepare.ts";
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

/** All stages of a run. The first row is the retrained model. */
export interface Plan {
  readonly prepare: Stage;
  readonly accessible: Stage;
  readonly original: Stage;
  readonly rows: readonly PlannedRow[];
  /** In the order in which they run. */
  readonly stages: readonly Stage[];
}

/** Puts the stages of a run in order: the sets, the original, then retrained model and each method with its audit. */
export function planRun(context: RunContext, methods: readonly MethodPlan[]): Plan {
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
  const rows = methods.map((method): PlannedRow => {
    const attacks = attacksFor(method.attacks);
    const unlearn = unlearnStage(context, { prepare, accessible, original, attacks }, method);
    const audit = auditStage(context, { prepare, unlearned: unlearn, label: method.label });
    return { method, references: referencesFor(method.attacks), attacks, unlearn, audit };
  });
  const stages = [
    prepare,
    accessible,
    original,
    ...rows.flatMap(({ references, attacks, unlearn, audit }) =>
      [references, attacks, unlearn, audit].filter((stage) => stage !== undefined),
    ),
  ];
  return { prepare, accessible, original, rows, stages: [...new Set(stages)] };
}
