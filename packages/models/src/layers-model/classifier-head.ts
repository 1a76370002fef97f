import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";

import { LtuError } from "@ltu/core";

import { isContainer, type Layer } from "./layer-tree.ts";

/** The end of a classifier. */
export interface ClassifierHead {
  /** The name of the last dense layer, whose output before its activation is the logits. */
  readonly name: string;
  readonly classes: number;
}

/** Layers behind the last dense one that change nothing but the scale of its outputs, or nothing at all. */
const harmless = new Set(["Activation", "Softmax", "Dropout"]);

/**
 * Finds the last dense layer of a classifier. What may follow it is one softmax, in the layer itself or behind it: the
 * logits are what goes into it.
 *
 * @throws LtuError `OPTION` for a model that does not end in a dense layer of at least two classes, or that does more
 *   to its outputs than a softmax.
 */
export function classifierHead(model: LayersModel): ClassifierHead {
  const refuse = (found: string): never => {
    throw new LtuError(
      "OPTION",
      `fromLayersModel: the model must end in a dense layer with one output for each of at least two classes, and nothing but a softmax behind it, found ${found}; build it so, and call its last layers anew.`,
    );
  };
  let tensor = model.outputs[0] as SymbolicTensor;
  let softmaxes = 0;
  for (;;) {
    const layer: Layer = tensor.sourceLayer;
    const kind = layer.getClassName();
    const config = layer.getConfig() as { activation?: string; units?: number; axis?: number };
    if (isContainer(layer)) {
      tensor = layer.outputs[0] as SymbolicTensor;
      continue;
    }
    if (harmless.has(kind) || kind === "Dense") checkActivation(layer, config, refuse);
    if (kind === "Softmax" || config.activation === "softmax") softmaxes += 1;
    // Its logits would be answers of another model: the second takes shares for logits.
    if (softmaxes > 1) refuse(`a second softmax behind that of the layer "${layer.name}"`);
    if (kind === "Dense") {
      if (tensor.rank !== 2 || (config.units ?? 0) < 2) {
        refuse(`the layer "${layer.name}" with outputs of shape [${shapeText(tensor)}]`);
      }
      if (layer.inboundNodes.length !== 1) refuse(`the layer "${layer.name}" in more than one place`);
      return { name: layer.name, classes: config.units as number };
    }
    const [input] = tensor.inputs;
    if (!harmless.has(kind) || input === undefined) refuse(`the layer "${layer.name}" (${kind}) at its end`);
    tensor = input as SymbolicTensor;
  }
}

function checkActivation(
  layer: Layer,
  { activation, axis }: { readonly activation?: string; readonly axis?: number },
  refuse: (found: string) => never,
): void {
  if (layer.getClassName() === "Softmax" && axis !== undefined && axis !== -1 && axis !== 1) {
    refuse(`the softmax "${layer.name}" over axis ${axis}`);
  }
  if (activation !== undefined && activation !== "softmax" && activation !== "linear") {
    refuse(`the activation ${activation} in the layer "${layer.name}"`);
  }
}

function shapeText({ shape }: SymbolicTensor): string {
  return shape.map((length) => length ?? "batch").join(", ");
}
