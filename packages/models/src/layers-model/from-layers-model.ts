import { clone, dispose, keep, reshape, tidy, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

import {
  disposeParams,
  LtuError,
  mapParams,
  type Model,
  type ModelOutput,
  type ModelWeights,
  type Params,
  type Rng,
} from "@ltu/core";

import { normalize, type Normalization } from "../layers/normalize.ts";
import { checkArchitecture } from "../model-of.ts";
import { blueprintOf, buildModel, type Blueprint } from "./blueprint.ts";
import { checkLayersModel, inputShapesOf, type InputShapes } from "./check-layers-model.ts";
import { classifierHead } from "./classifier-head.ts";
import { initialLayerWeights } from "./initial-weights.ts";
import { nameOf } from "./layer-tree.ts";
import { isInactive, networkOf, type Network } from "./network.ts";

/** Options of {@link fromLayersModel}. */
export interface FromLayersModelOptions {
  /** Mean of each channel of images in [0, 1]; without mean and std they reach the model's first layer as they are. */
  readonly mean?: readonly number[];
  /** Standard deviation of each channel; a model that was trained on pixels from 0 to 255 has mean 0 and std 1 / 255. */
  readonly std?: readonly number[];
  /** `[height, width, channels]` of images; needed where the model's input is not of that form, such as a flat one. */
  readonly inputShape?: readonly [number, number, number];
}

/** A user's LayersModel as a model of the contract. It holds no tensors and does not need the user's model any more. */
export interface AdaptedModel extends Model {
  /** Names of layers that do nothing here in any mode, because they draw random numbers: dropout and noise. */
  readonly inactiveLayers: readonly string[];
  withClasses(classes: number): AdaptedModel;
  /**
   * A new LayersModel with these weights, its softmax and everything else as in the user's model; not compiled.
   *
   * @param weights - Borrowed; the numbers are taken over bit by bit.
   * @returns The model; the caller disposes it.
   * @throws LtuError `SHAPE` when a weight is missing or has another shape.
   */
  toLayersModel(weights: ModelWeights): LayersModel;
}

/**
 * Makes a model of the contract from a user's own `tf.LayersModel`, functional or sequential, nested or with shared
 * layers, so that every method here can work on it.
 *
 * Logits are what goes into the final softmax, in the last dense layer or behind it; features are the input of that
 * layer. Batch norm keeps the user's own momentum, epsilon and biased variance. Weights have the names under which
 * TensorFlow.js saves them; what the user's model trains becomes `params`, everything else (moving statistics, frozen
 * layers) `stats`. Dropout and noise layers do nothing in any mode, because a pass is a pure function of weights and
 * images; `inactiveLayers` names them. Regularizers and constraints of layers are not applied: the loss and the step
 * are the method's.
 *
 * @param layersModel - Built, with one input and one output; borrowed, and not needed afterwards.
 * @returns The model, and a copy of the user's weights, which the caller disposes.
 * @throws LtuError `OPTION` for a model that is not a classifier of images, has recurrent layers or cannot be built
 *   from its own configuration, or for options that do not fit.
 */
export function fromLayersModel(
  layersModel: LayersModel,
  options: FromLayersModelOptions = {},
): { readonly model: AdaptedModel; readonly weights: ModelWeights } {
  checkLayersModel(layersModel);
  const { name: head, classes } = classifierHead(layersModel);
  const { mean, std } = options;
  if ((mean === undefined) !== (std === undefined)) {
    throw new LtuError(
      "OPTION",
      "fromLayersModel: mean and std go together, found only one of them; give both or neither.",
    );
  }
  const { trainableWeights, nonTrainableWeights } = layersModel;
  const model = adapt({
    name: layersModel.name,
    blueprint: blueprintOf(layersModel),
    head,
    classes,
    ...inputShapesOf(layersModel, options.inputShape),
    normalization: mean === undefined || std === undefined ? undefined : { mean, std },
    params: trainableWeights.map(nameOf),
    stats: nonTrainableWeights.map(nameOf),
  });
  return { model, weights: { params: valuesOf(trainableWeights), stats: valuesOf(nonTrainableWeights) } };
}

function valuesOf(variables: LayersModel["weights"]): Params {
  return Object.fromEntries(variables.map((variable) => [nameOf(variable), clone(variable.read())]));
}

interface Adapted extends InputShapes {
  readonly name: string;
  readonly blueprint: Blueprint;
  /** The last dense layer. */
  readonly head: string;
  readonly classes: number;
  readonly normalization: Normalization | undefined;
  /** Names of the weights that the user's model trains, and of those that it does not. */
  readonly params: readonly string[];
  readonly stats: readonly string[];
}

function adapt(adapted: Adapted): AdaptedModel {
  const { name, blueprint, head, classes, inputShape, feedShape, normalization } = adapted;
  checkArchitecture(adapted);
  const network = networkOf(
    buildModel(blueprint, { name: head, units: classes, activation: "linear" }),
    head,
  );
  return {
    name,
    inputShape,
    classes,
    inactiveLayers: network.layers.filter(isInactive).map((layer) => layer.name),
    init: (rng) => initialWeights(adapted, network, rng),
    withClasses: (other) => adapt({ ...adapted, classes: other }),
    toLayersModel: (weights) => builtWith(adapted, weights),
    apply: (weights, images, { mode }): ModelOutput => {
      if (images.rank !== 4 || inputShape.some((length, axis) => images.shape[axis + 1] !== length)) {
        throw new LtuError(
          "SHAPE",
          `${name}: images must be [batch, ${inputShape.join(", ")}], found [${images.shape.join(", ")}]; take images of the form that the model was built for.`,
        );
      }
      return tidy(() => {
        const input = normalization === undefined ? images : normalize(images, normalization);
        const feed = reshape(input, [images.shape[0], ...feedShape]);
        const { logits, features, written } = network.run(weights, feed, { training: mode !== "eval" });
        // The pass keeps what it returns; from here on it belongs to this tidy.
        const output = { logits: clone(logits), features: clone(features) };
        dispose([logits, features]);
        if (mode !== "train") {
          disposeParams(written);
          return { ...output, stats: undefined } as never;
        }
        // Kept, so that they outlive the tidy of a gradient around this pass.
        const stats = mapParams(weights.stats, (value, key) => written[key] ?? keep(clone(value)));
        return { ...output, stats } as never;
      }) as unknown as ModelOutput;
    },
  };
}

function initialWeights({ name, params, stats }: Adapted, network: Network, rng: Rng): ModelWeights {
  const frozen = stats.find((weight) => !network.moving.has(weight));
  if (frozen !== undefined) {
    throw new LtuError(
      "OPTION",
      `${name}: fresh weights need a model without frozen layers, found "${frozen}" frozen, whose values cannot be drawn again; set trainable to true before fromLayersModel, or choose a method that starts from the model's own weights.`,
    );
  }
  const drawn = initialLayerWeights(network.layers, rng);
  const named = (names: readonly string[]): Params =>
    Object.fromEntries(names.map((weight) => [weight, drawn[weight] as Tensor]));
  return { params: named(params), stats: named(stats) };
}

/** The user's model with other weights. */
function builtWith({ name, blueprint, head, classes, params }: Adapted, weights: ModelWeights): LayersModel {
  const values: Params = { ...weights.stats, ...weights.params };
  const model = buildModel(blueprint, { name: head, units: classes });
  for (const variable of model.weights) {
    const value = values[nameOf(variable)];
    if (value === undefined || value.shape.join() !== variable.shape.join()) {
      model.dispose();
      throw new LtuError(
        "SHAPE",
        `${name}: the weight "${nameOf(variable)}" must have shape [${variable.shape.join(", ")}], found ${value === undefined ? "none" : `[${value.shape.join(", ")}]`}; give weights of this model.`,
      );
    }
    // Not `write`, which would apply the layer's constraint to what a method made.
    (variable.read() as Variable).assign(value);
    variable.trainable = params.includes(nameOf(variable));
  }
  return model;
}
