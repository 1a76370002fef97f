import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import type { LayerVariable } from "@tensorflow/tfjs-layers";

import { disposeParams, LtuError, type Params, type Rng } from "@ltu/core";

import { drawInitial, type InitializerConfig } from "./draw-initial.ts";
import { nameOf, type Layer } from "./layer-tree.ts";

/**
 * Fresh weights of layers, by the initializers that their configuration names. Every weight is drawn from
 * `rng.split(<its name>)`.
 *
 * @returns All weights by name; the caller disposes them.
 * @throws LtuError `OPTION` for a weight whose initializer is the user's own.
 */
export function initialLayerWeights(layers: readonly Layer[], rng: Rng): Params {
  const drawn: Record<string, Tensor> = {};
  try {
    for (const layer of layers) {
      for (const variable of layer.weights) {
        const name = nameOf(variable);
        drawn[name] ??= draw(layer, variable, rng.split(name));
      }
    }
  } catch (error) {
    disposeParams(drawn);
    throw error;
  }
  return drawn;
}

function draw(layer: Layer, variable: LayerVariable, rng: Rng): Tensor {
  const shape = variable.shape as number[];
  const initializer = initializerOf(layer, variable);
  const values = initializer === undefined ? undefined : drawInitial(initializer, shape, rng);
  if (values === undefined) {
    throw new LtuError(
      "OPTION",
      `layers model: initial weights need an initializer of TensorFlow.js, found ${initializer?.className ?? "none"} for "${nameOf(variable)}"; build the layer with one of those, or start from the model's own weights.`,
    );
  }
  return tensor(values, shape, "float32");
}

/** `kernel` is drawn by `kernelInitializer`, `depthwise_kernel` by `depthwiseInitializer`, and so on. */
function initializerOf(layer: Layer, variable: LayerVariable): InitializerConfig | undefined {
  const part = nameOf(variable).split("/").at(-1) as string;
  const camel = part.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const config = layer.getConfig() as unknown as Readonly<Record<string, InitializerConfig | undefined>>;
  return config[`${camel}Initializer`] ?? config[`${camel.replace(/Kernel$/, "")}Initializer`];
}
