import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";

import { LtuError } from "@ltu/core";

import { layersOf, nameOf, type Layer } from "./layer-tree.ts";

const where = "fromLayersModel";

/**
 * Refuses what is not a classifier of one image as a pure function of its weights.
 *
 * @throws LtuError `OPTION` with the first thing that stands in the way.
 */
export function checkLayersModel(model: LayersModel): void {
  const inputs = (model.inputs as SymbolicTensor[] | undefined)?.length ?? 0;
  const outputs = (model.outputs as SymbolicTensor[] | undefined)?.length ?? 0;
  if (inputs !== 1 || outputs !== 1) {
    throw refusal("one input and one output", `${inputs} and ${outputs}`, "give a built model of that form");
  }
  for (const layer of layersOf(model)) checkLayer(layer);
  const names = model.weights.map(nameOf);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw refusal("weights with names of their own", `"${twice}" twice`, "give its layers different names");
  }
  const other = model.weights.find(({ dtype }) => dtype !== "float32");
  if (other !== undefined) {
    throw refusal("float32 weights", `${other.dtype} in "${nameOf(other)}"`, "build it with float32 layers");
  }
  if (model.trainableWeights.length === 0) {
    throw refusal("weights to train", "none", "set trainable of its layers to true");
  }
}

function checkLayer(layer: Layer): void {
  const kind = layer.getClassName();
  const { dataFormat, dropout } = layer.getConfig() as { dataFormat?: string; dropout?: number };
  if ("cell" in layer || "forwardLayer" in layer || layer.stateful) {
    throw refusal("no recurrent or stateful layers", `"${layer.name}" (${kind})`, "take an image classifier");
  }
  if (kind === "RandomWidth" || kind === "RandomHeight" || (dropout ?? 0) > 0) {
    throw refusal(
      "no random numbers but those of dropout and noise layers",
      `"${layer.name}" (${kind})`,
      "build the model without it",
    );
  }
  if (dataFormat === "channelsFirst") {
    throw refusal("channels last", `channels first in "${layer.name}"`, "build the model with channelsLast");
  }
}

/** A sentence about the user's model. */
function refusal(wanted: string, found: string, advice: string): LtuError {
  return new LtuError("OPTION", `${where}: the model must have ${wanted}, found ${found}; ${advice}.`);
}

/** The form of an image, and the form in which the model's first layer takes it. */
export interface InputShapes {
  readonly inputShape: readonly [number, number, number];
  /** Without the batch. */
  readonly feedShape: readonly number[];
}

/**
 * `[height, width, channels]` of the images: the model's own input where it has that form, else what the caller says.
 *
 * @throws LtuError `OPTION` where neither says it, or the two do not fit.
 */
export function inputShapesOf(
  model: LayersModel,
  given: readonly [number, number, number] | undefined,
): InputShapes {
  const own = (model.inputs[0] as SymbolicTensor).shape.slice(1);
  const inputShape = given ?? own;
  const isKnown = inputShape.length === 3 && inputShape.every((length) => length !== null && length >= 1);
  const size = (shape: readonly (number | null)[]): number =>
    shape.reduce<number>((product, length) => product * (length ?? 1), 1);
  const fits =
    own.length === 3
      ? own.every((length, axis) => length === null || length === inputShape[axis])
      : !own.includes(null) && size(own) === size(inputShape);
  if (!isKnown || !fits) {
    const text = own.map((length) => length ?? "any").join(", ");
    throw new LtuError(
      "OPTION",
      `${where}: inputShape must be [height, width, channels] of images for the model's input [${text}], found ${given === undefined ? "none" : `[${given.join(", ")}]`}; give the shape of the data.`,
    );
  }
  const shape = inputShape as [number, number, number];
  return { inputShape: shape, feedShape: own.length === 3 ? shape : (own as number[]) };
}
