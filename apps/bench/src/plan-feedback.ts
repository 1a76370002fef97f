import { stageKey, type Stage } from "@ltu/runner";

import type { PlannedAttack } from "./compose-attacks.ts";
import type { RunContext } from "./run-context.ts";
import { fitAttacksStage } from "./stages/fit-attacks.ts";
import type { FeedbackUse } from "./stages/shared-with-feedback.ts";
import { trainReferencesStage } from "./stages/train-references.ts";

/** The stages that make the feedback attacks of a method; none for a method without. */
export interface PlannedFeedback {
  /** Trains the reference models that its attacks compare with. */
  readonly references?: Stage | undefined;
  readonly attacks?: Stage | undefined;
}

/** The stages that make feedback in one run: methods with the same attacks share them. */
export function planFeedback(
  context: RunContext,
  stages: { readonly prepare: Stage; readonly accessible: Stage; readonly original: Stage },
): (attacks: readonly PlannedAttack[]) => PlannedFeedback {
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
export function feedbackUse(
  { rng }: RunContext,
  {
    attacks,
    references,
    unlearn,
    earlierModels = [],
  }: {
    readonly attacks: readonly PlannedAttack[];
    readonly references?: Stage | undefined;
    readonly unlearn: Stage;
    /** Of a stream of requests the models before. */
    readonly earlierModels?: readonly Stage[];
  },
): FeedbackUse | undefined {
  if (attacks.length === 0) return undefined;
  return {
    attacks: attacks.map(({ name }) => name),
    // The unlearning itself draws too: it may fit its attacks again.
    seeds: [
      rng.split("attacks").key,
      ...[...earlierModels, unlearn, ...(references ? [references] : [])].map(streamOf),
    ],
    shadowModels: references === undefined ? [] : [stageKey(references)],
  };
}

/** The key of the stream that a stage draws from. */
export function streamOf({ inputs }: Stage): string {
  return (inputs as { readonly rng: string }).rng;
}
