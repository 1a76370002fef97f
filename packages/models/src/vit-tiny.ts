import { add, pad, reshape, slice, type Tensor1D, type Tensor2D, type Tensor3D } from "@tensorflow/tfjs-core";

import { LtuError, type Model, type Params } from "@ltu/core";

import { attention } from "./layers/attention.ts";
import { conv } from "./layers/conv.ts";
import { dense } from "./layers/dense.ts";
import { gelu } from "./layers/gelu.ts";
import type { LayerSpec } from "./layers/initial-weights.ts";
import { layerNorm } from "./layers/layer-norm.ts";
import { modelOf } from "./model-of.ts";

/** Options of {@link vitTiny}. */
export interface VitTinyOptions {
  /** `[height, width, channels]`. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Mean of each input channel. */
  readonly mean: readonly number[];
  /** Standard deviation of each input channel. */
  readonly std: readonly number[];
  /** Blocks of attention and multilayer perceptron; default 12. */
  readonly depth?: number;
  /** Numbers of a token; default 192. */
  readonly width?: number;
  /** Heads of attention; must divide `width`; default 3. */
  readonly heads?: number;
  /** Side of a patch in pixels; must divide height and width. Default 4, and 8 from 64 pixels on: 64 patches. */
  readonly patch?: number;
}

/** The hidden layer of a block's perceptron, in widths. */
const ratio = 4;

/**
 * The tiny vision transformer: patches embedded linearly, a class token before them, learned positions, `depth` blocks
 * with layer norm before attention and perceptron (GELU), a last layer norm, and a linear layer on the class token,
 * whose normalised form is the features. 5,362,762 parameters for 32 x 32 x 3 images of 10 classes in patches of 4.
 *
 * Names and layout are those of timm's `VisionTransformer`, so 224 x 224 images in patches of 16 give its
 * `vit_tiny_patch16_224`. Initial weights as there: linear layers normal with deviation 0.02 and bias 0, patches as
 * `torch.nn.Conv2d`, class token 1e-6. No dropout and no stochastic depth.
 *
 * @throws LtuError `OPTION` for sizes that do not divide, an impossible input shape, class count, mean or std.
 *
 * Source: Dosovitskiy and others, An Image is Worth 16x16 Words, 2021, equations 1 to 4; Touvron and others, Training
 * data-efficient image transformers, 2021, table 1 (DeiT-Ti: width 192, 3 heads, 12 blocks).
 *
 * @example
 * ```ts
 * import { createRng, disposeParams, paramCount } from "@ltu/core";
 * import { vitTiny } from "@ltu/models";
 *
 * const color = { mean: [0.4802, 0.4481, 0.3975], std: [0.277, 0.2691, 0.2821] };
 * const model = vitTiny({ inputShape: [64, 64, 3], classes: 200, depth: 2, ...color });
 * const { params } = model.init(createRng(1));
 * console.log(params.pos_embed.shape, paramCount(params)); // → [ 1, 65, 192 ] 978440
 * disposeParams(params);
 * ```
 */
export function vitTiny(options: VitTinyOptions): Model {
  const { inputShape, classes, mean, std, depth = 12, width = 192, heads = 3 } = options;
  const { patch = Math.min(inputShape[0], inputShape[1]) >= 64 ? 8 : 4 } = options;
  checkSizes({ inputShape, depth, width, heads, patch });
  const patches = (inputShape[0] / patch) * (inputShape[1] / patch);
  const tokens = patches + 1;
  const linear = (name: string, from: number, out: number): LayerSpec => ({
    kind: "dense",
    name,
    in: from,
    out,
    std: 0.02,
    bias: "zeros",
  });
  const blocks = Array.from({ length: depth }, (_, i) => `blocks.${i}`);
  const layers: LayerSpec[] = [
    { kind: "tokens", name: "cls_token", shape: [1, 1, width], std: 1e-6 },
    { kind: "tokens", name: "pos_embed", shape: [1, tokens, width], std: 0.02 },
    { kind: "patches", name: "patch_embed.proj", size: patch, in: inputShape[2], out: width },
    ...blocks.flatMap((block): LayerSpec[] => [
      { kind: "layerNorm", name: `${block}.norm1`, width },
      linear(`${block}.attn.qkv`, width, 3 * width),
      linear(`${block}.attn.proj`, width, width),
      { kind: "layerNorm", name: `${block}.norm2`, width },
      linear(`${block}.mlp.fc1`, width, ratio * width),
      linear(`${block}.mlp.fc2`, ratio * width, width),
    ]),
    { kind: "layerNorm", name: "norm", width },
    linear("head", width, classes),
  ];
  return modelOf({
    name: "vit-tiny",
    inputShape,
    classes,
    normalization: { mean, std },
    layers,
    forward: (images, { params }) => {
      const count = images.shape[0];
      const convolved = conv(images, "patch_embed.proj", params, { stride: patch });
      const embedded = add(convolved, params["patch_embed.proj.bias"] as Tensor1D);
      let x = reshape(embedTokens(reshape(embedded, [count, patches, width]), params), [
        count * tokens,
        width,
      ]) as Tensor2D;
      for (const block of blocks) {
        const normed = layerNorm(x, `${block}.norm1`, params);
        x = add(x, attention(normed, `${block}.attn`, params, { tokens, heads }));
        const hidden = gelu(dense(layerNorm(x, `${block}.norm2`, params), `${block}.mlp.fc1`, params));
        x = add(x, dense(hidden, `${block}.mlp.fc2`, params));
      }
      const classTokens = slice(reshape(x, [count, tokens * width]) as Tensor2D, [0, 0], [count, width]);
      const features = layerNorm(classTokens, "norm", params);
      return { logits: dense(features, "head", params), features };
    },
    withClasses: (other) => vitTiny({ ...options, classes: other }),
  });
}

/** The class token before the patches, and positions added: one addition for the batch. */
function embedTokens(patches: Tensor3D, params: Params): Tensor3D {
  const count = patches.shape[1];
  const before = pad(patches, [
    [0, 0],
    [1, 0],
    [0, 0],
  ]);
  const classToken = pad(params["cls_token"] as Tensor3D, [
    [0, 0],
    [0, count],
    [0, 0],
  ]);
  return add(before, add(params["pos_embed"] as Tensor3D, classToken));
}

function checkSizes({
  inputShape: [height, columns],
  depth,
  width,
  heads,
  patch,
}: Required<Pick<VitTinyOptions, "inputShape" | "depth" | "width" | "heads" | "patch">>): void {
  for (const [name, value] of Object.entries({ depth, width, heads, patch })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new LtuError(
      "OPTION",
      `vit-tiny: ${name} must be a whole number of at least 1, found ${value}; leave it out for the tiny form.`,
    );
  }
  if (width % heads !== 0) {
    throw new LtuError(
      "OPTION",
      `vit-tiny: heads must divide the width ${width}, found ${heads}; change one of them.`,
    );
  }
  if (height % patch !== 0 || columns % patch !== 0) {
    throw new LtuError(
      "OPTION",
      `vit-tiny: patch must divide images of ${height} x ${columns}, found ${patch}; choose another.`,
    );
  }
}
