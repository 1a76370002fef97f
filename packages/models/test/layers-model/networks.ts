import { tensor, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import { layers, sequential, type LayersModel } from "@tensorflow/tfjs-layers";

import { createRng, disposeParams, type ModelWeights } from "@ltu/core";

/** Convolution, batch norm, ReLU, dropout and a dense layer with softmax, for images of 6 x 6 x 2 and 4 classes. */
export function smallNetwork(): LayersModel {
  return sequential({
    layers: [
      layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, useBias: false, name: "conv" }),
      layers.batchNormalization({ name: "bn" }),
      layers.reLU({ name: "relu" }),
      layers.dropout({ rate: 0.5, name: "drop" }),
      layers.flatten({ name: "flat" }),
      layers.dense({ units: 4, activation: "softmax", name: "fc" }),
    ],
  });
}

/** Gives a model weights of a stream: variances of 0.5 to 1.5, everything else near 0. */
export function fill(model: LayersModel, seed = 1): LayersModel {
  for (const variable of model.weights) {
    const length = variable.shape.reduce<number>((product, size) => product * (size as number), 1);
    const draws = createRng(seed).split(variable.originalName).normals(length, 0.3);
    const values = /variance|gamma/.test(variable.originalName)
      ? draws.map((draw) => 1 + Math.max(-0.5, Math.min(0.5, draw)))
      : draws;
    const value = tensor(values, variable.shape as number[]);
    variable.write(value);
    value.dispose();
  }
  return model;
}

export function imagesOf(shape: [number, number, number, number], seed = 5): Tensor4D {
  const length = shape.reduce((product, size) => product * size, 1);
  return tensor(createRng(seed).normals(length, 0.5), shape) as Tensor4D;
}

export const disposeWeights = ({ params, stats }: ModelWeights): void =>
  [params, stats].forEach(disposeParams);

export const numbersOf = async (value: Tensor | undefined): Promise<Float32Array> =>
  (await (value as Tensor).data()) as Float32Array;

/** The largest distance between two tensors of the same shape. */
export async function distance(a: Tensor | undefined, b: Tensor | undefined): Promise<number> {
  const [x, y] = [await numbersOf(a), await numbersOf(b)];
  if (x.length !== y.length) return Number.POSITIVE_INFINITY;
  return x.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (y[i] as number))), 0);
}
