import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";

import type { IndexSet } from "./dataset.ts";

declare const feedbackBrand: unique symbol;
declare const evaluatorBrand: unique symbol;

/** Statistics of an attack's logits over non-members at the original weights. */
export interface NonMemberStatistics {
  readonly mean: number;
  /** Standard deviation (ddof 0). */
  readonly spread: number;
  /** The sorted attack logits themselves; quantiles interpolate between them. */
  readonly sorted: readonly number[];
  /** The label of each of `sorted`, where it is known. */
  readonly labels?: readonly number[] | undefined;
  /**
   * For each class the sorted attack logits of non-members of other classes, judged as if it were theirs: how an image
   * looks that the model does not take for one of the class. Left out by attacks that compare with reference models.
   */
  readonly strangers?: readonly (readonly number[])[] | undefined;
}

/** What an attack may ask about the samples of a batch beside the model's outputs. */
export interface AttackContext {
  /** Which samples they are, in the order of the batch. */
  readonly indexes: IndexSet;
}

/**
 * A differentiable membership-inference model used as feedback while unlearning. Frozen, plain data: it holds no
 * tensors. A higher score always means "more likely a member".
 */
export interface FeedbackAttack {
  readonly [feedbackBrand]?: true;
  readonly role: "feedback";
  readonly name: string;
  /**
   * The attack's logit of each sample: above 0 means member. Differentiable in `logits`.
   *
   * @param logits - The target model's outputs, `[batch, classes]`.
   * @param labels - True labels, int32 `[batch]`.
   * @param context - Needed by attacks that compare with reference models, whose outputs they hold by index; give it
   * whenever the indexes are known. Such an attack throws LtuError `NO_REFERENCES` without it.
   * @returns `[batch]`; the caller disposes it.
   */
  score(logits: Tensor2D, labels: Tensor1D, context?: AttackContext): Tensor1D;
  /** Area under the ROC curve on members and non-members that fitted nothing. */
  readonly heldOutAuc: number;
  readonly nonMember: NonMemberStatistics;
  /** The fitted attack as plain JSON. */
  toJSON(): Readonly<Record<string, unknown>>;
}

/** Model outputs of an index set, read back once: `logits` is `[size, classes]` row-major. */
export interface Predictions {
  readonly logits: Float32Array;
  readonly labels: Int32Array;
  readonly classes: number;
}

/** An attack that audits a finished model. Not assignable where a feedback attack is wanted, and the reverse. */
export interface EvaluatorAttack<Input, Result> {
  readonly [evaluatorBrand]?: true;
  readonly role: "evaluator";
  readonly name: string;
  evaluate(input: Input): Result;
}
