import { tidy, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";

import type { Model, ModelWeights } from "@ltu/core";

/** A teacher's logits: a forward pass in eval mode that moves nothing. The caller disposes them. */
export function frozenLogits(model: Model, weights: ModelWeights, images: Tensor4D): Tensor2D {
  return tidy(() => model.apply(weights, images, { mode: "eval" }).logits);
}
