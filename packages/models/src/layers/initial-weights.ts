import { tensor, type Tensor } from "@tensorflow/tfjs-core";

import type { ModelWeights, Rng } from "@ltu/core";

/** One layer with parameters, as a description from which its initial weights are drawn. */
export type LayerSpec =
  | {
      readonly kind: "conv";
      readonly name: string;
      readonly size: number;
      readonly in: number;
      readonly out: number;
      /** Which side of the kernel sets the deviation; default `"out"`. */
      readonly fan?: "in" | "out";
    }
  | {
      /** A convolution with bias whose stride is its size. */
      readonly kind: "patches";
      readonly name: string;
      readonly size: number;
      readonly in: number;
      readonly out: number;
    }
  | { readonly kind: "batchNorm"; readonly name: string; readonly channels: number }
  | { readonly kind: "layerNorm"; readonly name: string; readonly width: number }
  | {
      /** Learned vectors that are added to tokens or stand among them: one parameter of the layer's name. */
      readonly kind: "tokens";
      readonly name: string;
      readonly shape: readonly number[];
      /** Standard deviation of the normal draws. */
      readonly std: number;
    }
  | {
      readonly kind: "dense";
      readonly name: string;
      readonly in: number;
      readonly out: number;
      /** Standard deviation of a normal weight; without it the weight is uniform. */
      readonly std?: number;
      /** Default `"uniform"`. */
      readonly bias?: "uniform" | "zeros";
    };

/**
 * Fresh weights of the given layers. Every parameter is drawn from `rng.split(<its name>)` in a typed array, so
 * the same stream gives the same weights on every engine and whatever other layers the model has.
 *
 * - conv: normal with mean 0 and standard deviation sqrt(2 / (size^2 out)) (Kaiming normal, fan out), or with `in`
 *   in the place of `out` for fan in;
 * - patches: weight and bias uniform in +-1 / sqrt(size^2 in), as `torch.nn.Conv2d`;
 * - batch norm: weight 1, bias 0, running mean 0, running variance 1; layer norm: weight 1, bias 0;
 * - tokens: normal with mean 0 and the given standard deviation;
 * - dense: weight and bias uniform in +-1 / sqrt(in), as `torch.nn.Linear`, unless its `std` or `bias` say otherwise.
 *
 * @returns Weights in the order of the layers; the caller disposes them.
 *
 * Source: He, Zhang, Ren and Sun, Delving Deep into Rectifiers, 2015, section 2.2 (fan in is the forward case, fan out
 * the backward case).
 */
export function initialWeights(layers: readonly LayerSpec[], rng: Rng): ModelWeights {
  const params: Record<string, Tensor> = {};
  const stats: Record<string, Tensor> = {};
  const uniform = (parameter: string, shape: readonly number[], fan: number): Tensor =>
    drawn(shape, (length) => {
      const [stream, bound] = [rng.split(parameter), 1 / Math.sqrt(fan)];
      return Float32Array.from({ length }, () => (2 * stream.uniform() - 1) * bound);
    });
  for (const layer of layers) {
    const { name } = layer;
    if (layer.kind === "conv") {
      const shape = [layer.size, layer.size, layer.in, layer.out];
      const fan = layer.fan === "in" ? layer.in : layer.out;
      const std = Math.sqrt(2 / (layer.size * layer.size * fan));
      params[`${name}.weight`] = drawn(shape, (length) => rng.split(`${name}.weight`).normals(length, std));
    } else if (layer.kind === "patches") {
      const shape = [layer.size, layer.size, layer.in, layer.out];
      const fan = layer.size * layer.size * layer.in;
      params[`${name}.weight`] = uniform(`${name}.weight`, shape, fan);
      params[`${name}.bias`] = uniform(`${name}.bias`, [layer.out], fan);
    } else if (layer.kind === "batchNorm") {
      params[`${name}.weight`] = filled(layer.channels, 1);
      params[`${name}.bias`] = filled(layer.channels, 0);
      stats[`${name}.running_mean`] = filled(layer.channels, 0);
      stats[`${name}.running_var`] = filled(layer.channels, 1);
    } else if (layer.kind === "layerNorm") {
      params[`${name}.weight`] = filled(layer.width, 1);
      params[`${name}.bias`] = filled(layer.width, 0);
    } else if (layer.kind === "tokens") {
      params[name] = drawn(layer.shape, (length) => rng.split(name).normals(length, layer.std));
    } else {
      const { std, bias = "uniform" } = layer;
      params[`${name}.weight`] =
        std === undefined
          ? uniform(`${name}.weight`, [layer.in, layer.out], layer.in)
          : drawn([layer.in, layer.out], (length) => rng.split(`${name}.weight`).normals(length, std));
      params[`${name}.bias`] =
        bias === "uniform" ? uniform(`${name}.bias`, [layer.out], layer.in) : filled(layer.out, 0);
    }
  }
  return { params, stats };
}

function filled(length: number, value: number): Tensor {
  return drawn([length], () => new Float32Array(length).fill(value));
}

function drawn(shape: readonly number[], draw: (length: number) => Float32Array): Tensor {
  return tensor(draw(shape.reduce((product, length) => product * length, 1)), [...shape], "float32");
}
