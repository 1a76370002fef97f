import {
  add,
  clipByValue,
  div,
  mul,
  round,
  sign,
  tensor1d,
  tidy,
  type Scalar,
  type Tensor4D,
} from "@tensorflow/tfjs-core";

import { valueAndGradient, type Model, type ModelWeights } from "@ltu/core";
import { crossEntropy } from "@ltu/train";

/**
 * The fast gradient sign method, one step on the 8-bit grid:
 *
 * x' = round(255 clamp(x + bound sign(grad_x CE(f(x), y)), 0, 1)) / 255,
 *
 * with sign(0) = 0 and halves rounded to even. The model is in eval mode.
 *
 * @param images - `[batch, height, width, channels]` in [0, 1]; borrowed.
 * @param labels - True labels, `[batch]`.
 * @param options - `bound`: in pixel units of [0, 1].
 * @returns Images of the shape of `images`; the caller disposes them. One forward and one backward pass.
 *
 * Source: Goodfellow, Shlens, Szegedy, "Explaining and Harnessing Adversarial Examples", ICLR 2015; the grid as in
 * OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/boundary_sh.py`.
 */
export function fgsm(
  { model, weights }: { readonly model: Model; readonly weights: ModelWeights },
  { images, labels }: { readonly images: Tensor4D; readonly labels: Int32Array },
  { bound }: { readonly bound: number },
): Tensor4D {
  return tidy(() => {
    const y = tensor1d(labels, "int32");
    const { gradient } = valueAndGradient(
      (at): Scalar => crossEntropy(model.apply(weights, at["x"] as Tensor4D, { mode: "eval" }).logits, y),
      { x: images },
    );
    const moved = clipByValue(add(images, mul(sign(gradient["x"] as Tensor4D), bound)), 0, 1);
    return div(round(mul(moved, 255)), 255) as Tensor4D;
  });
}
