import { matMul, reshape, tensor1d, tensor2d, tensor4d, type Tensor2D } from "@tensorflow/tfjs-core";

import type { BatchSource, Model, ModelWeights, Rng } from "@ltu/core";

/** A linear model on images of two pixels, and a few images, to ask by hand. */
export const linearModel: Model = {
  name: "linear",
  inputShape: [1, 2, 1],
  classes: 2,
  init: () => weightsOf([1, 0, 0, 1]),
  apply: ({ params }, images) => {
    const features: Tensor2D = reshape(images, [images.shape[0], 2]);
    return { logits: matMul(features, params["w"] as Tensor2D), features, stats: undefined };
  },
  withClasses: () => linearModel,
};

/** Weights `[pixel, class]` row-major; the caller disposes them. `unused` has no part in the loss. */
export function weightsOf(w: readonly number[]): ModelWeights {
  return { params: { w: tensor2d([...w], [2, 2]), unused: tensor1d([1]) }, stats: {} };
}

/** Batches of these images, two pixels each, with label 0. An augmentation adds 0.5 to the first pixel of every other image. */
export function batchesOf(pixels: readonly (readonly [number, number])[]): BatchSource {
  const batch = (indexes: Int32Array, { augment }: { augment?: Rng | undefined } = {}) => {
    const values = [...indexes].flatMap((index) => {
      const [a, b] = pixels[index] as readonly [number, number];
      return [augment === undefined ? a : a + 0.5 * augment.split(index).integer(2), b];
    });
    return {
      images: tensor4d(values, [indexes.length, 1, 2, 1]),
      labels: new Int32Array(indexes.length),
      indexes,
    };
  };
  return Object.assign(batch, { imageShape: [1, 2, 1] as const, classes: 2 });
}
