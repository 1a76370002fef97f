import { mean, relu, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Model } from "@ltu/core";
import { batchNorm, conv, dense, modelOf } from "@ltu/models";

/** One convolution with batch norm, average pooling, linear: quick on every engine, with running statistics. */
export function tinyModel(classes: number, inputShape: readonly [number, number, number] = [4, 4, 1]): Model {
  return modelOf({
    name: "tiny",
    inputShape,
    classes,
    normalization: { mean: [0.5], std: [0.25] },
    layers: [
      { kind: "conv", name: "conv1", size: 3, in: 1, out: 6 },
      { kind: "batchNorm", name: "bn1", channels: 6 },
      { kind: "dense", name: "fc", in: 6, out: classes },
    ],
    forward: (images, weights, { mode, seen }) => {
      const { y, batch } = batchNorm(conv(images, "conv1", weights.params, { pad: 1 }), "bn1", weights, {
        mode,
      });
      if (batch !== undefined) seen.push(batch);
      const features = mean(relu(y), [1, 2]) as Tensor2D;
      return { logits: dense(features, "fc", weights.params), features };
    },
    withClasses: (other) => tinyModel(other, inputShape),
  });
}
