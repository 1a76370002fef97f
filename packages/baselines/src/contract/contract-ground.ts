import { tensor, tensor4d, type Tensor } from "@tensorflow/tfjs-core";

import {
  createRng,
  disposeParams,
  type Batch,
  type BatchSource,
  type IndexSet,
  type Model,
  type ModelWeights,
  type Params,
  type Rng,
} from "@ltu/core";
import { fit } from "@ltu/train";

import { contractModel } from "./contract-model.ts";

/** A tensor's numbers and shape. */
interface Numbers {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** Weights as plain data, for exact comparison and to make tensors of again. */
export interface WeightNumbers {
  readonly params: Readonly<Record<string, Numbers>>;
  readonly stats: Readonly<Record<string, Numbers>>;
}

/** The index sets of a request. */
export interface ContractSets {
  readonly forgetSet: IndexSet;
  readonly retainSet: IndexSet;
  readonly accessibleRetain: IndexSet;
  readonly valSet: IndexSet;
}

/** What the suite runs methods on: made-up images, and a tiny model that knows those it was trained on by heart. */
export interface ContractGround {
  readonly model: Model;
  readonly batches: BatchSource;
  readonly sets: ContractSets;
  /** The weights of the trained model. */
  readonly original: WeightNumbers;
}

const [size, trained, classes] = [48, 38, 3] as const;
const imageShape: readonly [number, number, number] = [4, 4, 1];
const pixels = 16;
/** How much an augmented image differs from the image. */
const augmentation = 0.02;

/** Makes the suite's images and trains its model, or another one, on the first 38 of them. */
export async function createContractGround(
  makeModel: (classes: number, inputShape: readonly [number, number, number]) => Model = contractModel,
): Promise<ContractGround> {
  const rng = createRng(17);
  const model = makeModel(classes, imageShape);
  const batches = madeUpImages(rng.split("images"));
  const indexes = (start: number, end: number): IndexSet =>
    Int32Array.from({ length: end - start }, (_, i) => start + i);
  const start = model.init(rng.split("init"));
  try {
    const { weights } = await fit({
      model,
      weights: start,
      batches,
      data: indexes(0, trained),
      recipe: {
        epochs: 20,
        batchSize: 13,
        schedule: { name: "one-cycle", maxLr: 0.2 },
        weightDecay: 0,
        augment: false,
      },
      rng: rng.split("fit"),
    });
    const original = await numbersOf(weights);
    releaseWeights(weights);
    return {
      model,
      batches,
      sets: {
        forgetSet: indexes(0, 10),
        accessibleRetain: indexes(10, 22),
        retainSet: indexes(10, trained),
        valSet: indexes(trained, size),
      },
      original,
    };
  } finally {
    releaseWeights(start);
  }
}

/** Pictures of noise around one picture a class, a quarter of them with another class's label. */
function madeUpImages(rng: Rng): BatchSource {
  const means = Array.from({ length: classes }, (_, k) => rng.split(`class/${k}`).normals(pixels, 0.15));
  const images = Array.from({ length: size }, (_, i) => {
    const noise = rng.split(`image/${i}`).normals(pixels, 0.15);
    return noise.map((z, p) => clamp(0.5 + z + ((means[i % classes] as Float32Array)[p] as number)));
  });
  const labels = Int32Array.from({ length: size }, (_, i) => (i % 4 === 3 ? i + 1 : i) % classes);
  const source = (indexes: IndexSet, { augment }: { readonly augment?: Rng | undefined } = {}): Batch => {
    const values = new Float32Array(indexes.length * pixels);
    indexes.forEach((index, i) => {
      const shift = augment?.normals(pixels, augmentation);
      values.set(
        (images[index] as Float32Array).map((v, p) => clamp(v + (shift?.[p] ?? 0))),
        i * pixels,
      );
    });
    return {
      images: tensor4d(values, [indexes.length, ...imageShape]),
      labels: indexes.map((index) => labels[index] as number),
      indexes,
    };
  };
  return Object.assign(source, { imageShape, classes });
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** Reads weights back. */
export async function numbersOf({ params, stats }: ModelWeights): Promise<WeightNumbers> {
  const read = async (tree: Params): Promise<Readonly<Record<string, Numbers>>> => {
    const entries = Object.entries(tree).map(async ([name, value]): Promise<[string, Numbers]> => [
      name,
      { shape: [...value.shape], values: Float32Array.from(await value.data()) },
    ]);
    return Object.fromEntries(await Promise.all(entries));
  };
  return { params: await read(params), stats: await read(stats) };
}

/** Makes weights of numbers; the caller disposes them. */
export function weightsOf({ params, stats }: WeightNumbers): ModelWeights {
  const made = (tree: WeightNumbers["params"]): Params =>
    Object.fromEntries(
      Object.entries(tree).map(([name, { shape, values }]): [string, Tensor] => [
        name,
        tensor(values.slice(), shape),
      ]),
    );
  return { params: made(params), stats: made(stats) };
}

/** Disposes all tensors of weights. */
export function releaseWeights({ params, stats }: ModelWeights): void {
  [params, stats].forEach(disposeParams);
}
