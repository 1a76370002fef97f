import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";

import type { Predictions, Rng } from "@ltu/core";

import type { FeedbackRecipe } from "./recipe.ts";

/** A batch to score. */
export interface AttackBatch {
  /** The target model's outputs, `[batch, classes]`; the score is differentiable in them. */
  readonly logits: Tensor2D;
  /** True labels, int32 `[batch]`. */
  readonly labels: Tensor1D;
  /** `[batch]`: the mean over reference models of what the definition's `reference` says; given where it has one. */
  readonly reference?: Tensor1D | undefined;
}

/** Outputs read back, with the same knowledge of each sample as an {@link AttackBatch}. */
export interface AttackOutputs extends Predictions {
  readonly reference?: Float64Array | undefined;
}

/** The fitting share of members and non-members. */
export interface FitSamples {
  readonly members: AttackOutputs;
  readonly nonMembers: AttackOutputs;
}

/** What a fit is given beside its samples. */
export interface FitOptions {
  readonly recipe: FeedbackRecipe;
  /** The attack's own stream. */
  readonly rng: Rng;
  readonly signal?: AbortSignal | undefined;
  /** To be called after each pass, counted from 1, by attacks that are fitted in passes. */
  readonly onEpoch: (epoch: number) => void;
}

/**
 * What a feedback attack is before it is fitted: how to fit a few numbers, and the score that they make. Pure functions;
 * `trainFeedback` cuts the samples, measures the held-out AUC and takes the statistics of non-members for all alike.
 */
export interface FeedbackDefinition<Fitted extends object = object> {
  readonly name: string;
  /** Whether the score depends on the true labels. */
  readonly readsLabels: boolean;
  /** Fits on samples whose membership is known. What it returns is plain JSON of finite numbers. */
  fit(samples: FitSamples, options: FitOptions): Fitted | Promise<Fitted>;
  /**
   * The logit of each sample, above 0 for members, called inside a tidy.
   *
   * @returns `[batch]`, differentiable in the logits.
   */
  score(fitted: Fitted, batch: AttackBatch): Tensor1D;
  /** The same in float64. With it, held-out AUC and statistics do not depend on the engine; without, `score` is asked. */
  scoreFloat64?(fitted: Fitted, outputs: AttackOutputs): Float64Array;
  /**
   * One number a sample from a reference model's outputs, in float64. An attack that has it compares each sample with
   * the mean of these over the reference models, and cannot be fitted without such models.
   */
  reference?(outputs: Predictions): Float64Array;
  /** What is wrong with fitted numbers that were read from a file; undefined when nothing is. */
  problem?(fitted: Fitted, classes: number): string | undefined;
}
