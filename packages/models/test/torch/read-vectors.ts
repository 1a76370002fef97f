import { readFileSync } from "node:fs";

import { tensor, transpose, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";

import { decodeSafetensors, type Model, type StoredTensor } from "@ltu/core";

import { resnet18, vitTiny } from "../../src/index.ts";

const options = {
  inputShape: [16, 16, 3],
  classes: 5,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
} as const;

/** The networks whose files lie here, by the files' names. */
export const networks: Readonly<Record<"resnet18" | "vit-tiny", Model>> = {
  resnet18: resnet18({ ...options, width: 4 }),
  "vit-tiny": vitTiny({ ...options, depth: 2, width: 24, heads: 3 }),
};

/** The bytes of a file that Python wrote. */
export function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.safetensors`, import.meta.url)));
}

/** What PyTorch answered: images, logits in both modes, gradients and running statistics after a pass. */
export function outputsOf(name: string): Readonly<Record<string, StoredTensor>> {
  return decodeSafetensors(bytesOf(`${name}-outputs`)).tensors;
}

/** PyTorch's images, channels last. */
export function imagesOf({ data, shape }: StoredTensor): Tensor4D {
  const channelsFirst = tensor(data as Float32Array, [...shape]);
  const images = transpose(channelsFirst, [0, 2, 3, 1]) as Tensor4D;
  channelsFirst.dispose();
  return images;
}

/** The largest difference, in units of the largest wanted number. */
export async function distance(got: Tensor | StoredTensor, wanted: StoredTensor): Promise<number> {
  const found =
    (got as StoredTensor).data instanceof Function
      ? await (got as Tensor).data()
      : (got as StoredTensor).data;
  const [left, right] = [found, wanted.data].map((numbers) => Array.from(numbers as Float32Array)) as [
    number[],
    number[],
  ];
  if (left.length !== right.length) return Infinity;
  const worst = left.reduce((most, value, i) => Math.max(most, Math.abs(value - (right[i] as number))), 0);
  return worst / right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
