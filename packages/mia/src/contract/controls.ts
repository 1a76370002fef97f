import { createRng, type FeedbackAttack } from "@ltu/core";
import { auc } from "@ltu/metrics";

import { hasScores, type Evaluator } from "../evaluators/index.ts";
import { trainFeedback, type FeedbackDefinition, type SampleOutputs } from "../feedback/index.ts";
import { scoresOf } from "./ask-attack.ts";
import type { IndexedOutputs } from "./made-up-samples.ts";
import type { ControlSamples } from "./trained-samples.ts";

/** How far an attack's AUC lies from one half, in standard errors of an attack that sees nothing. */
export interface ControlOutcome {
  readonly auc: number;
  /** (AUC - 1/2) / sqrt((m + n + 1) / (12 m n)): above 0 where members score higher. */
  readonly z: number;
}

/** Beyond it, in either direction, chance is no explanation. */
export const caughtFrom = 3;

/** What an evaluator makes of a control. */
export async function controlOfEvaluator(
  evaluator: Evaluator,
  { audit, members }: ControlSamples,
): Promise<ControlOutcome> {
  // An evaluator of one's own may be asynchronous.
  const result = await Promise.resolve(evaluator.evaluate(audit));
  if (!hasScores(result)) throw new Error(result.detail);
  const side = (wanted: boolean): Float64Array =>
    result.scores.filter((_, k) => (result.rows[k] as number) < members === wanted);
  return outcome(side(true), side(false));
}

/** What a feedback attack, fitted on the control's own retained samples, makes of the control. */
export async function controlOfFeedback(
  definition: FeedbackDefinition,
  { feedback }: ControlSamples,
): Promise<ControlOutcome> {
  const { members, nonMembers, references, forget, unseen } = feedback;
  const [attack] = await trainFeedback({
    attacks: [definition],
    members,
    nonMembers,
    references,
    recipe: { epochs: 100, minAuc: 0 },
    rng: createRng(13),
  });
  const ask = (samples: SampleOutputs): Promise<Float32Array> =>
    scoresOf(attack as FeedbackAttack, samples as IndexedOutputs);
  return outcome(await ask(forget), await ask(unseen));
}

function outcome(members: ArrayLike<number>, others: ArrayLike<number>): ControlOutcome {
  const [m, n] = [members.length, others.length];
  const value = auc(members, others);
  return { auc: value, z: (value - 0.5) / Math.sqrt((m + n + 1) / (12 * m * n)) };
}
