import { add, conv2d, mean, relu, tensor4d, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";

import type { ForwardMode, Model, ModelWeights } from "@ltu/core";

import { modelOf } from "./model-of.ts";
import { batchNorm, type BatchStatistics } from "./layers/batch-norm.ts";
import { conv } from "./layers/conv.ts";
import { dense } from "./layers/dense.ts";
import type { LayerSpec } from "./layers/initial-weights.ts";

/** Options of {@link resnet20}. */
export interface Resnet20Options {
  /** `[height, width, channels]`. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Mean of each input channel. */
  readonly mean: readonly number[];
  /** Standard deviation of each input channel. */
  readonly std: readonly number[];
}

/** One basic block: its name, channels and stride. */
interface Block {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly stride: number;
}

const blocks: readonly Block[] = [16, 32, 64].flatMap((out, stage) =>
  [0, 1, 2].map((i) => ({
    name: `layer${stage + 1}.${i}`,
    in: i === 0 && stage > 0 ? out / 2 : out,
    out,
    stride: i === 0 && stage > 0 ? 2 : 1,
  })),
);

/**
 * ResNet-20 in its CIFAR form: a 3x3 stem of 16 channels, three stages of three basic blocks with 16, 32 and 64
 * channels, shortcuts without parameters, global average pooling, linear layer. 269,722 parameters for 3 input
 * channels and 10 classes; names and shapes as `resnet20s` of the reference code.
 *
 * @throws LtuError `OPTION` for an impossible input shape, class count, mean or std.
 *
 * Source: He, Zhang, Ren and Sun, Deep Residual Learning, 2015, section 4.2 with shortcut option A;
 * OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/models/ResNets.py`.
 * Differs from the source in the initial weights, which follow the same rule as every model of this package
 * (Kaiming normal with fan out for convolutions, uniform for the linear layer; there fan in for both).
 */
export function resnet20({ inputShape, classes, mean: channelMean, std }: Resnet20Options): Model {
  const layers: LayerSpec[] = [
    { kind: "conv", name: "conv1", size: 3, in: inputShape[2], out: 16 },
    { kind: "batchNorm", name: "bn1", channels: 16 },
    ...blocks.flatMap((block): LayerSpec[] => [
      { kind: "conv", name: `${block.name}.conv1`, size: 3, in: block.in, out: block.out },
      { kind: "batchNorm", name: `${block.name}.bn1`, channels: block.out },
      { kind: "conv", name: `${block.name}.conv2`, size: 3, in: block.out, out: block.out },
      { kind: "batchNorm", name: `${block.name}.bn2`, channels: block.out },
    ]),
    { kind: "dense", name: "fc", in: 64, out: classes },
  ];
  return modelOf({
    name: "resnet20",
    inputShape,
    classes,
    normalization: { mean: channelMean, std },
    layers,
    forward: (images, weights, context) => {
      let x = relu(convBatchNorm(images, ["conv1", "bn1"], 1, weights, context)) as Tensor4D;
      for (const block of blocks) {
        const { name, stride } = block;
        let y = convBatchNorm(x, [`${name}.conv1`, `${name}.bn1`], stride, weights, context);
        y = convBatchNorm(relu(y), [`${name}.conv2`, `${name}.bn2`], 1, weights, context);
        x = relu(add(y, shortcut(x, block))) as Tensor4D;
      }
      const features = mean(x, [1, 2]) as Tensor2D;
      return { logits: dense(features, "fc", weights.params), features };
    },
    withClasses: (other) => resnet20({ inputShape, classes: other, mean: channelMean, std }),
  });
}

function convBatchNorm(
  x: Tensor4D,
  [convName, normName]: readonly [string, string],
  stride: number,
  weights: ModelWeights,
  { mode, seen }: { readonly mode: ForwardMode; readonly seen: BatchStatistics[] },
): Tensor4D {
  const { y, batch } = batchNorm(conv(x, convName, weights.params, { stride, pad: 1 }), normName, weights, {
    mode,
  });
  if (batch !== undefined) seen.push(batch);
  return y;
}

/**
 * Shortcut of option A: every second pixel, and zero channels on both sides of the given ones. Written as one
 * 1x1 convolution with a constant kernel of zeros and ones, whose gradient every engine has.
 */
function shortcut(x: Tensor4D, { in: channels, out, stride }: Block): Tensor4D {
  if (stride === 1) return x;
  const kernel = new Float32Array(channels * out);
  const before = (out - channels) / 2;
  for (let c = 0; c < channels; c++) kernel[c * out + before + c] = 1;
  return conv2d(x, tensor4d(kernel, [1, 1, channels, out]), stride, "valid");
}
