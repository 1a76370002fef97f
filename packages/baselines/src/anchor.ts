import {
  add,
  gather,
  matMul,
  mul,
  oneHot,
  scalar,
  square,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  transpose,
  type Scalar,
  type Tensor2D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";

import type { IndexSet, UnlearnRequest } from "@ltu/core";
import { crossEntropy, type FitRequest, type Objective } from "@ltu/train";

/**
 * The anchor: beside cross-entropy, what holds the logits of retained samples to those of the original model,
 *
 * CE + anchorWeight (1 / (r C)) sum over retained samples i and classes c of (z_ic(theta) - z_ic(theta_o))^2,
 *
 * r retained samples in the batch, C classes. The original model is in eval mode and sees the same augmented images;
 * only retained ones pass through it.
 *
 * @returns The parts of a training run that make it so; what they hold is the request's.
 *
 * Source: our own study of what LTU's lead rests on; the anchor is that of LTU's queries.
 */
export function anchorTo(
  { model, original }: Pick<UnlearnRequest, "model" | "original">,
  retained: IndexSet,
  { anchorWeight }: { readonly anchorWeight: number },
): Required<Pick<FitRequest, "objective" | "prepare">> {
  const isRetained = new Set(retained);
  /** The places of retained samples within a batch. */
  const placesIn = (indexes: IndexSet): number[] =>
    Array.from(indexes.keys()).filter((place) => isRetained.has(indexes[place] as number));
  const objective: Objective = ({ output: { logits }, labels, indexes, target }) => {
    const loss = crossEntropy(logits, labels);
    const places = placesIn(indexes);
    if (target === undefined || places.length === 0) return loss;
    const weights = Float32Array.from(indexes, (index) => (isRetained.has(index) ? 1 : 0));
    const distances = mul(square(sub(logits, target)), tensor2d(weights, [indexes.length, 1]));
    const factor = anchorWeight / (places.length * model.classes);
    return add(loss, mul(sum(distances), scalar(factor))) as Scalar;
  };
  return {
    objective,
    prepare: ({ images, indexes = new Int32Array(0) }) => {
      const places = placesIn(indexes);
      if (places.length === 0) return Promise.resolve({});
      const target = tidy(() => {
        if (places.length === indexes.length) return model.apply(original, images, { mode: "eval" }).logits;
        const at = tensor1d(places, "int32");
        const { logits } = model.apply(original, gather(images, at) as Tensor4D, { mode: "eval" });
        // Back to the rows they came from; the rows of samples to forget are 0 and weigh nothing.
        return matMul(transpose(oneHot(at, indexes.length)), logits) as Tensor2D;
      });
      return Promise.resolve({ target });
    },
  };
}
