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
    }
  | { readonly kind: "batchNorm"; readonly name: string; readonly channels: number }
  | { readonly kind: "dense"; readonly name: string; readonly in: number; readonly out: number };

/**
 * Fresh weights of the given layers. Every parameter is drawn from `rng.split(<its name>)` in a typed array, so
 * the same stream gives the same weights on every engine and whatever other layers the model has.
 *
 * - conv: normal with mean 0 and standard deviation sqrt(2 / (size^2 out)) (Kaiming normal, fan out);
 * - batch norm: weight 1, bias 0, running mean 0, running variance 1;
 * - dense: weight and bias uniform in +-1 / sqrt(in), as `torch.nn.Linear`.
 *
 * @returns Weights in the order of the layers; the caller disposes them.
 *
 * Source: He, Zhang, Ren and Sun, Delving Deep into Rectifiers, 2015, section 2.2 (backward case).
 */
export function initialWeights(layers: readonly LayerSpec[], rng: Rng): ModelWeights {
  const params: Record<string, Tensor> = {};
  const stats: Record<string, Tensor> = {};
  for (const layer of layers) {
    const { name } = layer;
    if (layer.kind === "conv") {
      const shape = [layer.size, layer.size, layer.in, layer.out];
      const std = Math.sqrt(2 / (layer.size * layer.size * layer.out));
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
      params[`${name}.weight`] = uniform("weight", [layer.in, layer.out]);
      params[`${name}.bias`] = uniform("bias", [layer.out]);
    }
  }
  return { params, stats };
}

function drawn(shape: number[], draw: (length: number) => Float32Array): Tensor {
  return tensor(draw(shape.reduce((product, length) => product * length, 1)), shape, "float32");
}
