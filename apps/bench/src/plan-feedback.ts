import { stageKey, type Stage } from "@ltu/runner";

import type { RunContext } from "./run-context.ts";
import { fitAttacksStage } from "./stages/fit-attacks.ts";
import type { FeedbackUse } from "./stages/shared-with-feedback.ts";
import { trainDifficultyStage } from "./stages/train-difficulty.ts";
import { trainReferencesStage } from "./stages/train-references.ts";
import type { PlannedMethod } from "./stages/unlearn.ts";

/** The stages that make the feedback attacks of a method; none for a method without. */
export interface PlannedFeedback {
  /** Trains the reference models that its attacks compare with. */
  readonly references?: Stage | undefined;
  /** Trains the model that tells how difficult samples are. */
  readonly difficulty?: Stage | undefined;
  readonly attacks?: Stage | undefined;
}

/** The stages of a method's feedback in their order. */
export function feedbackStages({ references, difficulty, attacks }: PlannedFeedback): Stage[] {
  return [references, difficulty, attacks].filter((stage) => stage !== undefined);
}

/** The models that a method's feedback compares with. */
export function feedbackModels({ references, difficulty }: PlannedFeedback): Stage[] {
  return feedbackStages({ references, difficulty });
}

/** The stages that make feedback in one run: methods with the same attacks share them. */
export function planFeedback(
  context: RunContext,
  stages: { readonly prepare: Stage; readonly accessible: Stage; readonly original: Stage },
): (method: Pick<PlannedMethod, "attacks" | "matchDifficulty">) => PlannedFeedback {
  const trainReferences = trainReferencesStage(context, stages);
  const trainDifficulty = trainDifficultyStage(context, stages);
  const known = new Map<string, Stage>();
  return ({ attacks, matchDifficulty = false }) => {
    if (attacks.length === 0) return {};
    const compares = attacks.some(({ definition }) => definition.reference !== undefined);
    const references = compares ? trainReferences : undefined;
    const difficulty = matchDifficulty ? trainDifficulty : undefined;
    const key = [matchDifficulty, ...attacks.map(({ name, sha256 = "" }) => `${name} ${sha256}`)].join();
    const stage = known.get(key) ?? fitAttacksStage(context, { ...stages, references, difficulty, attacks });
    known.set(key, stage);
    return { references, difficulty, attacks: stage };
  };
}

/** What the firewall must know of a row's feedback; nothing for a row without. */
export function feedbackUse(
  { rng }: RunContext,
  {
    method: { attacks },
    unlearn,
    earlierModels = [],
    ...feedback
  }: Omit<PlannedFeedback, "attacks"> & {
    readonly method: Pick<PlannedMethod, "attacks">;
    readonly unlearn: Stage;
    /** Of a stream of requests the models before. */
    readonly earlierModels?: readonly Stage[];
  },
): FeedbackUse | undefined {
  if (attacks.length === 0) return undefined;
  const models = feedbackModels(feedback);
  return {
    attacks: attacks.map(({ name }) => name),
    // The unlearning itself draws too: it may fit its attacks again.
    seeds: [rng.split("attacks").key, ...[...earlierModels, unlearn, ...models].map(streamOf)],
    shadowModels: models.map((stage) => stageKey(stage)),
  };
}

/** The key of the stream that a stage draws from. */
export function streamOf({ inputs }: Stage): string {
  return (inputs as { readonly rng: string }).rng;
}
