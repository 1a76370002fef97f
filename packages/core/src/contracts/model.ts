import type { Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";

import type { Params } from "../params.ts";
import type { Rng } from "../rng.ts";

/** All numbers of a model: what is trained, and the running statistics of batch norm, which are not. */
export interface ModelWeights {
  /** Trainable parameters by name, such as `"conv1.weight"`. */
  readonly params: Params;
  /** Running means and variances by name, such as `"bn1.running_mean"`; empty for models without batch norm. */
  readonly stats: Params;
}

/**
 * How batch norm behaves in a forward pass.
 *
 * - `"train"`: statistics of the batch; the output carries new running statistics.
 * - `"batch"`: statistics of the batch; the running statistics are left as they are.
 * - `"eval"`: running statistics.
 */
export type ForwardMode = "train" | "batch" | "eval";

/** What a forward pass returns. */
export interface ModelOutput {
  /** `[batch, classes]`. */
  readonly logits: Tensor2D;
  /** The input of the last linear layer, `[batch, features]`. */
  readonly features: Tensor2D;
  /** New running statistics in mode `"train"` (kept through `tidy`; the caller disposes them), else `undefined`. */
  readonly stats: Params | undefined;
}

/**
 * An image classifier as pure functions of its weights. It holds no tensors. Normalisation of the input is its
 * first layer, so images enter in [0, 1].
 */
export interface Model {
  /** Name and whatever of its options changes its shape, such as `"small-cnn"`. */
  readonly name: string;
  /** `[height, width, channels]`. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Fresh weights; the caller disposes them. The same stream gives the same weights on every engine. */
  init(rng: Rng): ModelWeights;
  /**
   * The forward pass.
   *
   * @param weights - Borrowed; differentiable in `params`.
   * @param images - `[batch, height, width, channels]` in [0, 1]; borrowed.
   */
  apply(weights: ModelWeights, images: Tensor4D, options: { readonly mode: ForwardMode }): ModelOutput;
  /** The same architecture for another number of classes. */
  withClasses(classes: number): Model;
}

/** A loss of one batch: logits `[batch, classes]` and int32 labels `[batch]` to one value a sample, `[batch]`. */
export type PerSampleLoss = (logits: Tensor2D, labels: Tensor1D) => Tensor1D;
