import { relu, reshape, tanh, type Tensor2D } from "@tensorflow/tfjs-core";

import { LtuError, type Model } from "@ltu/core";

import { modelOf } from "./model-of.ts";
import { dense } from "./layers/dense.ts";
import type { LayerSpec } from "./layers/initial-weights.ts";

/** Options of {@link mlp}. */
export interface MlpOptions {
  /** `[height, width, channels]`; images are flattened. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Widths of the hidden layers; default `[64]`. An empty list is soft-max regression. */
  readonly hidden?: readonly number[];
  /** After each hidden layer; default `"relu"`. */
  readonly activation?: "relu" | "tanh";
  /** Mean of each input channel; without mean and std images enter as they are. */
  readonly mean?: readonly number[];
  /** Standard deviation of each input channel. */
  readonly std?: readonly number[];
}

const activations = { relu, tanh } as const;

/**
 * A multilayer perceptron on flattened images, without batch norm.
 *
 * @throws LtuError `OPTION` for an impossible input shape, class count, width, activation, mean or std.
 *
 * @example
 * ```ts
 * import { createRng, disposeParams } from "@ltu/core";
 * import { mlp } from "@ltu/models";
 *
 * const model = mlp({ inputShape: [4, 4, 1], classes: 3, hidden: [8] });
 * const { params } = model.init(createRng(1));
 * console.log(Object.keys(params).join(" ")); // → fc1.weight fc1.bias fc2.weight fc2.bias
 * disposeParams(params);
 * ```
 */
export function mlp(options: MlpOptions): Model {
  const { inputShape, classes, hidden = [64], activation = "relu", mean, std } = options;
  if (!Array.isArray(hidden) || !hidden.every((width) => Number.isInteger(width) && width >= 1)) {
    throw new LtuError(
      "OPTION",
      `mlp: hidden must hold whole numbers of at least 1, found ${JSON.stringify(hidden)}; give the width of each hidden layer.`,
    );
  }
  if (!(activation in activations)) {
    throw new LtuError(
      "OPTION",
      `mlp: activation must be relu or tanh, found ${String(activation)}; choose one.`,
    );
  }
  if ((mean === undefined) !== (std === undefined)) {
    throw new LtuError(
      "OPTION",
      "mlp: mean and std go together, found only one of them; give both or neither.",
    );
  }
  const widths = [inputShape.reduce((product, length) => product * length, 1), ...hidden, classes];
  const layers = widths.slice(1).map((width, i): LayerSpec => ({
    kind: "dense",
    name: `fc${i + 1}`,
    in: widths[i] as number,
    out: width,
  }));
  return modelOf({
    name: "mlp",
    inputShape,
    classes,
    normalization: mean === undefined || std === undefined ? undefined : { mean, std },
    layers,
    forward: (images, { params }) => {
      let features: Tensor2D = reshape(images, [images.shape[0], widths[0] as number]);
      hidden.forEach((_, i) => {
        features = activations[activation](dense(features, `fc${i + 1}`, params));
      });
      return { logits: dense(features, `fc${hidden.length + 1}`, params), features };
    },
    withClasses: (other) => mlp({ ...options, classes: other }),
  });
}
