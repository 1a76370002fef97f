import type { Tensor4D } from "@tensorflow/tfjs-core";

import type { Rng } from "../rng.ts";

/** Labelled images as typed arrays: immutable, no tensors. */
export interface Dataset {
  /** Such as `"cifar10/train"`. */
  readonly name: string;
  /** Number of images. */
  readonly size: number;
  /** `[height, width, channels]`. */
  readonly imageShape: readonly [number, number, number];
  readonly classNames: readonly string[];
  /** `size * height * width * channels` bytes, image after image, channels last. */
  readonly pixels: Uint8Array;
  /** `size` labels in [0, classNames.length). */
  readonly labels: Int32Array;
}

/** Positions in a {@link Dataset}; sets are views by index, nothing is copied. */
export type IndexSet = Int32Array;

/** Some images as tensors, the only place where pixels become tensors. The caller disposes `images`. */
export interface Batch {
  /** `[batch, height, width, channels]` in [0, 1]. */
  readonly images: Tensor4D;
  /** True labels, `[batch]`. */
  readonly labels: Int32Array;
  /** The indexes the batch was made from. */
  readonly indexes: IndexSet;
}

/**
 * Makes a batch from indexes: all that a training step or an unlearner knows about data.
 *
 * With `augment` the training augmentation of the data is applied, drawn from that stream (data without
 * augmentation ignores nothing: it has the identity as its augmentation). Without it, the evaluation transform.
 */
export interface BatchSource {
  readonly imageShape: readonly [number, number, number];
  readonly classes: number;
  (indexes: IndexSet, options?: { readonly augment?: Rng | undefined }): Batch;
}
