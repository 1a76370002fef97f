import { add, conv2d, mean, relu, tensor4d, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";

import { LtuError, type Model } from "@ltu/core";

import { convBatchNorm } from "./layers/conv-batch-norm.ts";
import { dense } from "./layers/dense.ts";
import type { LayerSpec } from "./layers/initial-weights.ts";
import { modelOf } from "./model-of.ts";

/** Options of {@link resnetCifar}. */
export interface ResnetCifarOptions {
  /** `[height, width, channels]`. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Mean of each input channel. */
  readonly mean: readonly number[];
  /** Standard deviation of each input channel. */
  readonly std: readonly number[];
  /**
   * Initial weights of convolutions and of the linear layer. `"in"`, the default, is the reference's: normal with
   * variance 2 / fan in for both, bias uniform as in PyTorch. `"out"` is the rule of this package's other models:
   * normal with variance 2 / fan out for convolutions, linear layer uniform as in PyTorch.
   */
  readonly fan?: "in" | "out";
}

/** One basic block: its name, channels and stride. */
interface Block {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly stride: number;
}

/**
 * ResNet of depth 6n + 2 in its CIFAR form: a 3x3 stem of 16 channels, three stages of n basic blocks with 16, 32 and
 * 64 channels, shortcuts without parameters, global average pooling, linear layer. For 3 input channels and 10
 * classes 269,722 parameters at depth 20, 658,586 at 44 and 853,018 at 56; names and shapes as `resnet20s`,
 * `resnet44s` and `resnet56s` of the reference code.
 *
 * @param depth - 6n + 2 with n of at least 1: 20, 32, 44, 56, 110.
 * @throws LtuError `OPTION` for another depth, an impossible input shape, class count, mean, std or fan.
 *
 * Source: He, Zhang, Ren and Sun, Deep Residual Learning, 2015, section 4.2 with shortcut option A;
 * OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/models/ResNets.py`.
 *
 * @example
 * ```ts
 * import { createRng, disposeParams, paramCount } from "@ltu/core";
 * import { resnetCifar } from "@ltu/models";
 *
 * const color = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
 * const model = resnetCifar(44, { inputShape: [32, 32, 3], classes: 10, ...color });
 * const { params, stats } = model.init(createRng(1));
 * console.log(model.name, paramCount(params)); // → resnet44 658586
 * disposeParams(params);
 * disposeParams(stats);
 * ```
 */
export function resnetCifar(depth: number, options: ResnetCifarOptions): Model {
  const { inputShape, classes, mean: channelMean, std, fan = "in" } = options;
  if (!Number.isInteger(depth) || depth < 8 || (depth - 2) % 6 !== 0) {
    throw new LtuError(
      "OPTION",
      `resnetCifar: depth must be 6n + 2 with n of at least 1, found ${depth}; take 20, 44 or 56.`,
    );
  }
  if (fan !== "in" && fan !== "out") {
    throw new LtuError(
      "OPTION",
      `resnet${depth}: fan must be in or out, found ${String(fan)}; leave it out for the reference's initial weights.`,
    );
  }
  const blocks = blocksOf((depth - 2) / 6);
  const convolution = (name: string, from: number, out: number): LayerSpec => ({
    kind: "conv",
    name,
    size: 3,
    in: from,
    out,
    fan,
  });
  const linear = { kind: "dense", name: "fc", in: 64, out: classes } as const;
  const layers: LayerSpec[] = [
    convolution("conv1", inputShape[2], 16),
    { kind: "batchNorm", name: "bn1", channels: 16 },
    ...blocks.flatMap((block): LayerSpec[] => [
      convolution(`${block.name}.conv1`, block.in, block.out),
      { kind: "batchNorm", name: `${block.name}.bn1`, channels: block.out },
      convolution(`${block.name}.conv2`, block.out, block.out),
      { kind: "batchNorm", name: `${block.name}.bn2`, channels: block.out },
    ]),
    fan === "in" ? { ...linear, std: Math.sqrt(2 / linear.in) } : linear,
  ];
  return modelOf({
    name: `resnet${depth}`,
    inputShape,
    classes,
    normalization: { mean: channelMean, std },
    layers,
    forward: (images, weights, context) => {
      let x = relu(convBatchNorm(images, ["conv1", "bn1"], weights, { ...context, pad: 1 }));
      for (const block of blocks) {
        const { name, stride } = block;
        let y = convBatchNorm(x, [`${name}.conv1`, `${name}.bn1`], weights, { ...context, stride, pad: 1 });
        y = convBatchNorm(relu(y), [`${name}.conv2`, `${name}.bn2`], weights, { ...context, pad: 1 });
        x = relu(add(y, shortcut(x, block))) as Tensor4D;
      }
      const features = mean(x, [1, 2]) as Tensor2D;
      return { logits: dense(features, "fc", weights.params), features };
    },
    withClasses: (other) => resnetCifar(depth, { ...options, classes: other }),
  });
}

function blocksOf(perStage: number): readonly Block[] {
  return [16, 32, 64].flatMap((out, stage) =>
    Array.from({ length: perStage }, (_, i) => ({
      name: `layer${stage + 1}.${i}`,
      in: i === 0 && stage > 0 ? out / 2 : out,
      out,
      stride: i === 0 && stage > 0 ? 2 : 1,
    })),
  );
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
