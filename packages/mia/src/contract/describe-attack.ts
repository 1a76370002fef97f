import type { Evaluator } from "../evaluators/index.ts";
import type { FeedbackDefinition } from "../feedback/index.ts";
import { describeEvaluator } from "./describe-evaluator.ts";
import { describeFeedback } from "./describe-feedback.ts";
import type { Controls } from "./trained-samples.ts";

/** Options of {@link describeAttack}. */
export interface DescribeAttackOptions {
  /** What `trainedControls()` gave; made anew for each attack by default. */
  readonly controls?: Controls;
}

/**
 * What every attack promises, as a vitest suite. Call it at the top of a test file, once for each attack. An engine must be
 * running.
 *
 * Both kinds: a higher score for members; each sample's score its own, whatever the order and the company; no label read
 * that is not declared; an overfit model is caught (positive control) and a fresh one that has seen neither side is not
 * (negative control); finite numbers at extreme logits; the same numbers again; no tensor left behind and no input changed.
 *
 * A feedback attack, on made-up outputs too: a gradient that agrees with a finite difference and is not zero; no index read
 * that is not declared; the same attack after a round trip through text.
 *
 * An evaluator: a score or a reason for each sample; nothing read that `needs` does not name; a sentence and a reason code
 * for whatever it lacks; broken outputs refused. Its controls are linear models trained on the spot, with 16 shadow models
 * that follow a `shadowPlan`.
 */
export function describeAttack(
  attack: FeedbackDefinition | Evaluator,
  { controls }: DescribeAttackOptions = {},
): void {
  if ("role" in attack) describeEvaluator(attack, controls);
  else describeFeedback(attack, controls);
}
