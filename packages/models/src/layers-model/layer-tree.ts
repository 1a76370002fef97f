import type { layers, LayersModel, LayerVariable } from "@tensorflow/tfjs-layers";

/** A layer of TensorFlow.js. */
export type Layer = layers.Layer;

/** Whether a layer is a model of its own inside another. */
export function isContainer(layer: Layer): layer is LayersModel {
  return Array.isArray((layer as Partial<LayersModel>).layers);
}

/** Every layer of a model that computes something: nested models and wrappers give the layers inside them. */
export function layersOf(model: Layer): Layer[] {
  if (isContainer(model)) return model.layers.flatMap(layersOf);
  const inner = (model as { readonly layer?: Layer }).layer;
  return inner === undefined ? [model] : layersOf(inner);
}

/** The name under which a weight is saved, such as `conv2d_Conv2D1/kernel`. */
export function nameOf(variable: LayerVariable): string {
  return variable.originalName;
}
