import { add, mean, relu, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";

import type { Model } from "@ltu/core";

import { convBatchNorm } from "./layers/conv-batch-norm.ts";
import { dense } from "./layers/dense.ts";
import type { LayerSpec } from "./layers/initial-weights.ts";
import { modelOf } from "./model-of.ts";

/** Options of {@link resnet18}. */
export interface Resnet18Options {
  /** `[height, width, channels]`. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Mean of each input channel. */
  readonly mean: readonly number[];
  /** Standard deviation of each input channel. */
  readonly std: readonly number[];
}

/** Two basic blocks in each of four stages; the first of a later stage halves the image and doubles the channels. */
const blocks = [64, 128, 256, 512].flatMap((out, stage) =>
  [0, 1].map((i) => ({
    name: `layer${stage + 1}.${i}`,
    in: i === 0 && stage > 0 ? out / 2 : out,
    out,
    stride: i === 0 && stage > 0 ? 2 : 1,
  })),
);

/**
 * ResNet-18 in its CIFAR form: a 3x3 stem of 64 channels with stride 1 and no max-pool, four stages of two basic
 * blocks with 64, 128, 256 and 512 channels, a 1x1 convolution with batch norm as shortcut where the shape changes,
 * global average pooling, linear layer. 11,173,962 parameters for 3 input channels and 10 classes; names, shapes and
 * initial weights as `resnet18` of the reference code.
 *
 * @throws LtuError `OPTION` for an impossible input shape, class count, mean or std.
 *
 * Source: He, Zhang, Ren and Sun, Deep Residual Learning, 2015, table 1 and shortcut option B;
 * OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/models/ResNet.py`.
 *
 * @example
 * ```ts
 * import { resnet18 } from "@ltu/models";
 *
 * const color = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
 * const model = resnet18({ inputShape: [32, 32, 3], classes: 10, ...color });
 * console.log(model.name, model.withClasses(11).classes); // → resnet18 11
 * ```
 */
export function resnet18({ inputShape, classes, mean: channelMean, std }: Resnet18Options): Model {
  const layers: LayerSpec[] = [
    { kind: "conv", name: "conv1", size: 3, in: inputShape[2], out: 64 },
    { kind: "batchNorm", name: "bn1", channels: 64 },
    ...blocks.flatMap(({ name, in: from, out, stride }): LayerSpec[] => [
      { kind: "conv", name: `${name}.conv1`, size: 3, in: from, out },
      { kind: "batchNorm", name: `${name}.bn1`, channels: out },
      { kind: "conv", name: `${name}.conv2`, size: 3, in: out, out },
      { kind: "batchNorm", name: `${name}.bn2`, channels: out },
      ...(stride === 1
        ? []
        : ([
            { kind: "conv", name: `${name}.downsample.0`, size: 1, in: from, out },
            { kind: "batchNorm", name: `${name}.downsample.1`, channels: out },
          ] as const)),
    ]),
    { kind: "dense", name: "fc", in: 512, out: classes },
  ];
  return modelOf({
    name: "resnet18",
    inputShape,
    classes,
    normalization: { mean: channelMean, std },
    layers,
    forward: (images, weights, context) => {
      let x = relu(convBatchNorm(images, ["conv1", "bn1"], weights, { ...context, pad: 1 }));
      for (const { name, stride } of blocks) {
        let y = convBatchNorm(x, [`${name}.conv1`, `${name}.bn1`], weights, { ...context, stride, pad: 1 });
        y = convBatchNorm(relu(y), [`${name}.conv2`, `${name}.bn2`], weights, { ...context, pad: 1 });
        const shortcut =
          stride === 1
            ? x
            : convBatchNorm(x, [`${name}.downsample.0`, `${name}.downsample.1`], weights, {
                ...context,
                stride,
              });
        x = relu(add(y, shortcut)) as Tensor4D;
      }
      const features = mean(x, [1, 2]) as Tensor2D;
      return { logits: dense(features, "fc", weights.params), features };
    },
    withClasses: (other) => resnet18({ inputShape, classes: other, mean: channelMean, std }),
  });
}
