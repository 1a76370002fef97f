import { clone, keep, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

import { disposeParams, LtuError, type ModelWeights, type Params } from "@ltu/core";

import { layersOf, nameOf, type Layer } from "./layer-tree.ts";

/** What one pass through a network gives; the caller disposes all of it. */
export interface Pass {
  readonly logits: Tensor2D;
  readonly features: Tensor2D;
  /** New values of the weights that the pass wrote (moving statistics). */
  readonly written: Params;
}

/** A network of TensorFlow.js layers that holds no tensors: its weights come with each pass. */
export interface Network {
  /** The weights' shapes by name, in the order of the layers. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Names of weights that no optimizer moves by their own definition: moving statistics. */
  readonly moving: ReadonlySet<string>;
  readonly layers: readonly Layer[];
  run(weights: ModelWeights, input: Tensor, options: { readonly training: boolean }): Pass;
}

/** Layers whose only work in training is to draw random numbers. */
const random = new Set(["Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "AlphaDropout"]);

/** Whether a layer does nothing here, because a pass has no random numbers. */
export function isInactive(layer: Layer): boolean {
  return random.has(layer.getClassName());
}

interface Running {
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly written: Record<string, Tensor>;
  logits?: Tensor;
  features?: Tensor;
}

/**
 * Turns a model into a network: its variables are emptied, and their reads and writes go to the weights of the pass
 * under way. The model becomes the network's and must not be used by anybody else.
 *
 * @param head - The name of the last dense layer, without activation, whose input and output are noted.
 */
export function networkOf(model: LayersModel, head: string): Network {
  const layers = layersOf(model);
  let running: Running | undefined;
  const shapes = new Map<string, readonly number[]>();
  // A frozen layer counts its kernel among what no optimizer moves; unfrozen, only moving statistics are left there.
  for (const layer of layers) layer.trainable = true;
  const moving = new Set(layers.flatMap((layer) => layer.nonTrainableWeights).map(nameOf));
  for (const variable of new Set(layers.flatMap((layer) => layer.weights))) {
    const name = nameOf(variable);
    shapes.set(name, variable.shape as number[]);
    variable.dispose();
    variable.read = () => weightOf(running, name, variable.shape as number[]);
    variable.write = (value) => {
      if (running !== undefined && moving.has(name)) {
        running.written[name]?.dispose();
        running.written[name] = keep(clone(value));
      }
      return variable;
    };
  }
  for (const layer of layers) {
    const call = layer.call.bind(layer);
    if (isInactive(layer)) layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
    if (layer.getClassName() === "BatchNormalization") allowMissing(layer);
    if (layer.name !== head) continue;
    layer.call = (inputs, kwargs) => {
      const output = call(inputs, kwargs) as Tensor;
      if (running !== undefined) {
        running.features = keep(clone(Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs));
        running.logits = keep(clone(output));
      }
      return output;
    };
  }
  return {
    shapes,
    moving,
    layers,
    run: (weights, input, { training }) => {
      const pass: Running = { weights: { ...weights.stats, ...weights.params }, written: {} };
      running = pass;
      try {
        model.apply(input, { training });
        const { logits, features, written } = pass;
        return { logits: logits as Tensor2D, features: features as Tensor2D, written };
      } catch (error) {
        disposeParams(pass.written);
        pass.logits?.dispose();
        pass.features?.dispose();
        throw error;
      } finally {
        running = undefined;
      }
    },
  };
}

/** Batch norm of tfjs-layers 4.22 reads scale and centre in training even where it has none; none is `null` there. */
function allowMissing(layer: Layer): void {
  const parts = layer as unknown as Record<"gamma" | "beta", { read(): Tensor | null } | undefined>;
  for (const part of ["gamma", "beta"] as const) parts[part] ??= { read: () => null };
}

function weightOf(running: Running | undefined, name: string, shape: readonly number[]): Tensor {
  const value = running?.written[name] ?? running?.weights[name];
  if (value === undefined || value.shape.join() !== shape.join()) {
    const found = value === undefined ? "none" : `[${value.shape.join(", ")}]`;
    throw new LtuError(
      "SHAPE",
      `layers model: the weight "${name}" must have shape [${shape.join(", ")}], found ${found}; take the weights of this model.`,
    );
  }
  return value;
}
