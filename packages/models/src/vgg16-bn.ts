import { maxPool, relu, type Tensor2D } from "@tensorflow/tfjs-core";

import { LtuError, type Model } from "@ltu/core";

import { adaptiveAveragePool } from "./layers/adaptive-average-pool.ts";
import { convBatchNorm } from "./layers/conv-batch-norm.ts";
import { dense } from "./layers/dense.ts";
import type { LayerSpec } from "./layers/initial-weights.ts";
import { modelOf } from "./model-of.ts";

/** Options of {@link vgg16Bn}. */
export interface Vgg16BnOptions {
  /** `[height, width, channels]`; height and width of at least 16, because four max-pools halve them. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Mean of each input channel. */
  readonly mean: readonly number[];
  /** Standard deviation of each input channel. */
  readonly std: readonly number[];
}

/** Channels of the thirteen convolutions, with a max-pool between the stages and none after the last. */
const stages = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
] as const;
const bins = 2;
const hidden = 256;

/**
 * What stands in `features`, with the positions of PyTorch's `Sequential`: a convolution takes three (convolution,
 * batch norm, ReLU), a max-pool one.
 */
const features = stages.flatMap((widths, stage) => [
  ...(stage === 0 ? [] : [{ kind: "pool" } as const]),
  ...widths.map((out) => ({ kind: "conv", out }) as const),
]);
const positions = features.map((_, i) =>
  features.slice(0, i).reduce((sum, { kind }) => sum + (kind === "conv" ? 3 : 1), 0),
);

/**
 * VGG-16 with batch norm in the form of the reference code, which is not torchvision's: thirteen 3x3 convolutions
 * without bias, four 2x2 max-pools, adaptive average pooling to 2x2, and a classifier of 2048, 256, 256 and
 * `classes`, ReLU between, without dropout. 15,311,818 parameters for 3 input channels and 10 classes; names, shapes
 * and initial weights as `vgg16_bn` there.
 *
 * Images of 32 x 32 reach the adaptive pool as 2 x 2, where it does nothing. For other sizes it is PyTorch's: 64 x 64
 * arrive as 4 x 4 and each bin is a mean of four, bins overlap where 2 does not divide, and 16 to 31 pixels arrive as
 * one, which both bins repeat.
 *
 * @throws LtuError `OPTION` for images below 16 x 16, an impossible input shape, class count, mean or std.
 *
 * Source: Simonyan and Zisserman, Very Deep Convolutional Networks, 2014, table 1, column D;
 * OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/models/VGG.py`.
 *
 * @example
 * ```ts
 * import { vgg16Bn } from "@ltu/models";
 *
 * const color = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
 * const model = vgg16Bn({ inputShape: [32, 32, 3], classes: 10, ...color });
 * console.log(model.name, model.withClasses(11).classes); // → vgg16_bn 11
 * ```
 */
export function vgg16Bn({ inputShape, classes, mean, std }: Vgg16BnOptions): Model {
  if (inputShape.slice(0, 2).some((length) => length >= 1 && length < 16)) {
    throw new LtuError(
      "OPTION",
      `vgg16_bn: images must be at least 16 x 16, found ${inputShape[0]} x ${inputShape[1]}; take a smaller architecture or larger images.`,
    );
  }
  let channels = inputShape[2];
  const convolutions = features.flatMap((step, i): LayerSpec[] => {
    if (step.kind === "pool") return [];
    const from = channels;
    channels = step.out;
    const [convolution, norm] = namesAt(i);
    return [
      { kind: "conv", name: convolution, size: 3, in: from, out: step.out },
      { kind: "batchNorm", name: norm, channels: step.out },
    ];
  });
  const widths = [512 * bins * bins, hidden, hidden, classes];
  const linear = widths.slice(1).map((out, i): LayerSpec => ({
    kind: "dense",
    name: `classifier.${2 * i}`,
    in: widths[i] as number,
    out,
    std: 0.01,
    bias: "zeros",
  }));
  return modelOf({
    name: "vgg16_bn",
    inputShape,
    classes,
    normalization: { mean, std },
    layers: [...convolutions, ...linear],
    forward: (images, weights, context) => {
      let x = images;
      features.forEach((step, i) => {
        x =
          step.kind === "pool"
            ? maxPool(x, 2, 2, "valid")
            : relu(convBatchNorm(x, namesAt(i), weights, { ...context, pad: 1 }));
      });
      let y: Tensor2D = adaptiveAveragePool(x, bins);
      for (const name of ["classifier.0", "classifier.2"]) y = relu(dense(y, name, weights.params));
      return { logits: dense(y, "classifier.4", weights.params), features: y };
    },
    withClasses: (other) => vgg16Bn({ inputShape, classes: other, mean, std }),
  });
}

/** Names of the convolution at a place of {@link features} and of its batch norm. */
function namesAt(place: number): [string, string] {
  const position = positions[place] as number;
  return [`features.${position}`, `features.${position + 1}`];
}
