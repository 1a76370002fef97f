import { add, maxPool, mean, pad, relu, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";

import { LtuError, type Model } from "@ltu/core";

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
  /**
   * `"cifar"`, the default: a 3x3 convolution with stride 1. `"imagenet"`: 7x7 with stride 2, then a 3x3 max-pool with
   * stride 2, which reads images of 64 x 64 at a sixteenth of the work.
   */
  readonly stem?: "cifar" | "imagenet";
  /** Channels of the stem and the first stage; each later stage doubles them. Default 64. */
  readonly width?: number;
}

/** Two basic blocks in each of four stages; the first of a later stage halves the image and doubles the channels. */
const blocksOf = (width: number): { name: string; in: number; out: number; stride: number }[] =>
  [width, 2 * width, 4 * width, 8 * width].flatMap((out, stage) =>
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
 * initial weights as `resnet18` of the reference code. With `stem: "imagenet"` it is the form of the paper, 11,689,512
 * parameters for 1,000 classes, which the reference calls `imagenet` and offers for Tiny-ImageNet.
 *
 * @throws LtuError `OPTION` for an unknown stem, an impossible width, input shape, class count, mean or std.
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
export function resnet18(options: Resnet18Options): Model {
  const { inputShape, classes, mean: channelMean, std, stem = "cifar", width = 64 } = options;
  checkForm({ stem, width });
  const blocks = blocksOf(width);
  const layers: LayerSpec[] = [
    { kind: "conv", name: "conv1", size: stem === "cifar" ? 3 : 7, in: inputShape[2], out: width },
    { kind: "batchNorm", name: "bn1", channels: width },
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
    { kind: "dense", name: "fc", in: 8 * width, out: classes },
  ];
  return modelOf({
    name: "resnet18",
    inputShape,
    classes,
    normalization: { mean: channelMean, std },
    layers,
    forward: (images, weights, context) => {
      const geometry = stem === "cifar" ? { pad: 1 } : { stride: 2, pad: 3 };
      let x = relu(convBatchNorm(images, ["conv1", "bn1"], weights, { ...context, ...geometry }));
      if (stem === "imagenet") x = maxPoolPadded(x);
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
    withClasses: (other) => resnet18({ ...options, classes: other }),
  });
}

/** 3x3 with stride 2 and padding 1. Zeros stand for the padding, since no number after a ReLU is below. */
function maxPoolPadded(x: Tensor4D): Tensor4D {
  const padded = pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  return maxPool(padded, 3, 2, "valid");
}

function checkForm({ stem, width }: Required<Pick<Resnet18Options, "stem" | "width">>): void {
  if (stem !== "cifar" && stem !== "imagenet") {
    throw new LtuError(
      "OPTION",
      `resnet18: stem must be cifar or imagenet, found ${String(stem)}; leave it out for the CIFAR form.`,
    );
  }
  if (!Number.isInteger(width) || width < 1) {
    throw new LtuError(
      "OPTION",
      `resnet18: width must be a whole number of at least 1, found ${width}; leave it out for 64.`,
    );
  }
}
