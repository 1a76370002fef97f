import type { ShadowPlan } from "@ltu/mia/evaluators";
import { contentKey, stageKey, type Stage } from "@ltu/runner";

import { shadowCount } from "../audit-config.ts";
import { planFeedback, type PlannedFeedback } from "../plan-feedback.ts";
import type { RunContext } from "../run-context.ts";
import type { PreparedSplits } from "../stages/prepare.ts";
import { trainOriginalStage } from "../stages/train-original.ts";
import { unlearnStage, type PlannedMethod } from "../stages/unlearn.ts";
import { readShadowStage } from "./read-shadow.ts";
import { allowNoSignal, unlessNoSignal } from "./without-signal.ts";
import { planSets, shadowAccessibleStage, shadowSetsStage, shadowStream } from "./shadow-sets.ts";

/** A shadow original with the stages that make and read it. */
export interface ShadowOriginal {
  readonly sets: Stage;
  readonly train: Stage;
  /** Content key of its weights. */
  readonly key: string;
  readonly outputs: Stage;
}

/** A shadow original that was unlearned by an audited method. */
export interface UnlearnedShadow extends PlannedFeedback {
  readonly original: ShadowOriginal;
  readonly unlearn: Stage;
  /** Content key of its weights. */
  readonly key: string;
  readonly outputs: Stage;
}

/** The shadow models that one method unlearned. */
export interface MethodShadows {
  /** The row's label. */
  readonly label: string;
  /** Names the method with its options. */
  readonly method: string;
  readonly shadows: readonly UnlearnedShadow[];
}

/** The shadow models of a run. */
export interface PlannedShadows {
  /** Shared by every method, and by every run of the same split, seed and recipe. */
  readonly originals: readonly ShadowOriginal[];
  /** Those of one method: the same method, options and recipe of attacks as in its row. */
  unlearnedBy(method: PlannedMethod): MethodShadows;
}

/**
 * Plans the shadow models of an experiment's budget: each a small run of its own, with its own sets, seed and, for a
 * method with feedback, attacks that are fitted inside it.
 */
export function planShadows(context: RunContext, prepare: Stage): PlannedShadows {
  const { evaluators, shadows: budgeted } = context.experiment.audit;
  const count = shadowCount(budgeted.budget);
  const askedOfUnlearned = evaluators.includes("rmia-unlearned") ? "targets and population" : "targets";
  const planned = once((splits) => planSets(context, { splits, count }));
  const shadows = Array.from({ length: count }, (_, number) => {
    const own: RunContext = { ...context, rng: shadowStream(context).split(number) };
    const sets = shadowSetsStage(context, { prepare, number, planned });
    const train = trainOriginalStage(own, sets, `train shadow ${number + 1}`);
    const accessible = shadowAccessibleStage(own, { sets, number });
    const stages = { prepare: sets, accessible, original: train };
    const outputs = readShadowStage(context, {
      prepare,
      weights: train,
      asks: "targets and population",
      label: `shadow ${number + 1}`,
    });
    const original: ShadowOriginal = { sets, train, key: stageKey(train), outputs };
    return { number, own, original, stages, feedback: planFeedback(own, stages) };
  });
  return {
    originals: shadows.map(({ original }) => original),
    unlearnedBy: (method) => ({
      label: method.label,
      method: `${method.label} ${contentKey(method.inputs).slice(0, 12)}`,
      shadows: shadows.map(({ number, own, original, stages, feedback }): UnlearnedShadow => {
        const label = `${method.label}, shadow ${number + 1}`;
        const planned = feedback(method);
        const attacks = planned.attacks && allowNoSignal(planned.attacks);
        const plain = unlearnStage(own, { ...stages, attacks }, { ...method, label });
        const unlearn = attacks === undefined ? plain : unlessNoSignal(plain, attacks);
        const read = readShadowStage(context, { prepare, weights: unlearn, asks: askedOfUnlearned, label });
        const outputs = unlessNoSignal(read, unlearn);
        return { ...planned, attacks, original, unlearn, key: stageKey(unlearn), outputs };
      }),
    }),
  };
}

/** Plans the sets once a run; the stages of all shadows ask for them. */
function once(plan: (splits: PreparedSplits) => ShadowPlan): (splits: PreparedSplits) => ShadowPlan {
  let known: ShadowPlan | undefined;
  return (splits) => (known ??= plan(splits));
}
