import type { IndexSet, Predictions } from "@ltu/core";

/** How a model came about: enough to tell whether shadow models are of the same kind. */
export interface ModelOrigin {
  /** Content key of the model. */
  readonly key: string;
  /** Names the training recipe: architecture, data, optimizer, augmentation. */
  readonly recipe: string;
  /** Names the evaluation transform that its outputs were read with. */
  readonly transform: string;
  /** Names the unlearning method with its options; absent for a model that was trained only. */
  readonly method?: string | undefined;
}

/**
 * What a shadow model is.
 *
 * - `"original"`: trained on a random part of the pool.
 * - `"unlearned"`: an original that was made to forget some of its training set, by the audited method and options.
 * - `"oracle"`: trained without what is to be forgotten.
 */
export type ShadowKind = "original" | "unlearned" | "oracle";

/** One shadow model: how it came about, what it has seen, and its outputs. */
export interface ShadowModel extends ModelOrigin {
  readonly kind: ShadowKind;
  /** Everything it was trained on, before it forgot anything. */
  readonly trainedOn: IndexSet;
  /** What it was made to forget; empty for a model that was trained only. */
  readonly forgotten: IndexSet;
  /** Evaluation mode, in the order of the table's `indexes`. */
  readonly outputs: Predictions;
}

/** The outputs of shadow models on the samples of an audit. */
export interface ShadowOutputs {
  readonly indexes: IndexSet;
  readonly models: readonly ShadowModel[];
}
