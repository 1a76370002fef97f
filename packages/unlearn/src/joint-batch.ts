import { concat, slice, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";

import type { ForwardMode, Model, ModelWeights, Params } from "@ltu/core";

/** Logits of some images, and the running statistics where the mode moves them. */
export interface PassOutput {
  /** `[images, classes]`. */
  readonly logits: Tensor2D;
  readonly stats: Params | undefined;
}

/**
 * One pass over images, whose batch statistics are also those of `others` where there are any.
 *
 * @param others - Images that share the batch; their logits are dropped. Borrowed, as `images` is.
 * @returns What the caller disposes.
 */
export function applyJointly(
  model: Model,
  weights: ModelWeights,
  images: Tensor4D,
  { others, mode }: { readonly others: Tensor4D | undefined; readonly mode: ForwardMode },
): PassOutput {
  if (others === undefined || mode === "eval") {
    const { logits, stats } = model.apply(weights, images, { mode });
    return { logits, stats };
  }
  const { logits, stats } = model.apply(weights, concat([images, others]), { mode });
  return { logits: slice(logits, [0, 0], [images.shape[0], -1]), stats };
}
