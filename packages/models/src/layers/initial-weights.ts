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
  | { readonly kind: "batchNorm"; readonly name: string; readonly channels: number }
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
 * - batch norm: weight 1, bias 0, running mean 0, running variance 1;
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
  for (const layer of layers) {
    const { name } = layer;
    if (layer.kind === "conv") {
      const shape = [layer.size, layer.size, layer.in, layer.out];
      const fan = layer.fan === "in" ? layer.in : layer.out;
      const std = Math.sqrt(2 / (layer.size * layer.size * fan));
      params[`${name}.weight`] = drawn(shape, (length) => rng.split(`${name}.weight`).normals(length, std));
    } else if (layer.kind === "batchNorm") {
      const filled = (value: number): Tensor =>
        drawn([layer.channels], (length) => new Float32Array(length).fill(value));
      params[`${name}.weight`] = filled(1);
      params[`${name}.bias`] = filled(0);
      stats[`${name}.running_mean`] = filled(0);
      stats[`${name}.running_var`] = filled(1);
    } else {
      const bound = 1 / Math.sqrt(layer.in);
      const uniform = (part: string, shape: number[]): Tensor =>
        drawn(shape, (length) => {
          const stream = rng.split(`${name}.${part}`);
          return Float32Array.from({ length }, () => (2 * stream.uniform() - 1) * bound);
        });
      const { std, bias = "uniform" } = layer;
      params[`${name}.weight`] =
        std === undefined
          ? uniform("weight", [layer.in, layer.out])
          : drawn([layer.in, layer.out], (length) => rng.split(`${name}.weight`).normals(length, std));
      params[`${name}.bias`] =
        bias === "uniform"
          ? uniform("bias", [layer.out])
          : drawn([layer.out], (length) => new Float32Array(length));
    }
  }
  return { params, stats };
}

function drawn(shape: number[], draw: (length: number) => Float32Array): Tensor {
  return tensor(draw(shape.reduce((product, length) => product * length, 1)), shape, "float32");
}
