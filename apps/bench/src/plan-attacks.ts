import { stageKey, type Stage } from "@ltu/runner";

import type { PlannedEvaluator } from "./compose-evaluators.ts";
import type { MethodPlan } from "./compose-methods.ts";
import { feedbackStages } from "./plan-feedback.ts";
import type { RunContext } from "./run-context.ts";
import { planShadows, type MethodShadows, type ShadowOriginal } from "./shadows/plan-shadows.ts";
import { heldOutAttacksStage, type ReferenceOracle } from "./stages/held-out-attacks.ts";
import type { FeedbackUse } from "./stages/shared-with-feedback.ts";

/** The model that evaluators attack. */
export interface Attacked {
  readonly weights: Stage;
  readonly outputs: Stage;
  readonly label: string;
  /** The row's method; none for original and retrained models. */
  readonly method?: MethodPlan | undefined;
  readonly use?: FeedbackUse | undefined;
}

/** What the attacks of a run are planned from. */
export interface AttacksRequest {
  readonly evaluators: readonly PlannedEvaluator[];
  readonly prepare: Stage;
  readonly accessible: Stage;
  /** The outputs of the original model. */
  readonly before: Stage;
  readonly references: readonly ReferenceOracle[];
  /** The rows but the retrained model. */
  readonly methods: readonly MethodPlan[];
  readonly allowSharedEvaluator: boolean;
}

/** How the models of a run are attacked. */
export interface PlannedAttacks {
  readonly originals: readonly ShadowOriginal[];
  /** Of the methods that ask for it. */
  readonly methods: readonly MethodShadows[];
  attack(model: Attacked): Stage;
}

/** Plans the shadow models of a run, and what attacks each of its models. */
export function planAttacks(
  context: RunContext,
  { evaluators, prepare, accessible, before, references, methods, allowSharedEvaluator }: AttacksRequest,
): PlannedAttacks {
  const planned = planShadows(context, prepare);
  const { originals } = planned;
  const shadows = new Map(
    originals.length === 0
      ? []
      : methods
          .filter((method) => method.shadows === true)
          .map((method) => [method, planned.unlearnedBy(method)] as const),
  );
  const all = [...shadows.values()];
  const of = (method: MethodPlan): readonly MethodShadows[] => {
    const own = shadows.get(method);
    return own === undefined ? [] : [own];
  };
  return {
    originals,
    methods: all,
    attack: ({ weights, outputs, label, method, use }) => {
      const key = stageKey(weights);
      return heldOutAttacksStage(context, {
        evaluators,
        prepare,
        accessible,
        weights,
        outputs,
        key,
        label,
        oracles: references.filter((oracle) => oracle.key !== key),
        shadows: { originals, methods: method === undefined ? all : of(method), before },
        feedback: use,
        allowShared: allowSharedEvaluator,
      });
    },
  };
}

/** The stages of shadow models: originals with what is read of them, then those of each method. */
export function shadowModelStages({
  originals,
  methods,
}: Pick<PlannedAttacks, "methods" | "originals">): Stage[] {
  return [
    ...originals.flatMap(({ train, outputs }) => [train, outputs]),
    ...methods.flatMap(({ shadows }) =>
      shadows.flatMap((shadow) => [...feedbackStages(shadow), shadow.unlearn, shadow.outputs]),
    ),
  ];
}
