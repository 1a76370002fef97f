import { add, matMul, reshape, tensor1d, tensor2d, tensor4d } from "@tensorflow/tfjs-core";

import {
  createRng,
  disposeParams,
  type BatchSource,
  type IndexSet,
  type Model,
  type Unlearner,
  type UnlearnRequest,
} from "@ltu/core";

/** Soft-max regression on one pixel x with two classes: logits x w + b. Small enough for a calculator. */
export const pixelModel: Model = {
  name: "pixel",
  inputShape: [1, 1, 1],
  classes: 2,
  init: () => ({ params: { w: tensor2d([[0, 0]]), b: tensor1d([0, 0]) }, stats: {} }),
  apply: ({ params }, images) => {
    const features = reshape(images, [images.shape[0], 1]);
    const { w, b } = params as { w: ReturnType<typeof tensor2d>; b: ReturnType<typeof tensor1d> };
    return { logits: add(matMul(features, w), b), features: features as never, stats: undefined };
  },
  withClasses: () => pixelModel,
};

/** Images of one pixel with the given values and labels. */
export function pixels(values: readonly number[], labels: readonly number[]): BatchSource {
  const source: BatchSource = Object.assign(
    (indexes: IndexSet) => ({
      images: tensor4d(
        Float32Array.from(indexes, (i) => values[i] as number),
        [indexes.length, 1, 1, 1],
      ),
      labels: indexes.map((i) => labels[i] as number),
      indexes,
    }),
    { imageShape: [1, 1, 1] as const, classes: 2 },
  );
  return source;
}

/** What a run on pixels left: `w` and `b`, and what it told of itself. */
export interface PixelRun {
  readonly w: readonly number[];
  readonly b: readonly number[];
  readonly cost: { readonly imagesForward: number; readonly imagesBackward: number; readonly steps: number };
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** Runs a method from given numbers (default all 0) on pixels, and releases all tensors. */
export async function runOnPixels(
  unlearner: Unlearner,
  request: Omit<UnlearnRequest, "model" | "original" | "rng"> & Partial<Pick<UnlearnRequest, "rng">>,
  { w = [0, 0], b = [0, 0] }: { readonly w?: readonly number[]; readonly b?: readonly number[] } = {},
): Promise<PixelRun> {
  const original = { params: { w: tensor2d([[...w]]), b: tensor1d([...b]) }, stats: {} };
  try {
    const { weights, cost, history } = await unlearner.unlearn({
      model: pixelModel,
      original,
      rng: createRng(1),
      ...request,
    });
    const read = async (name: string): Promise<number[]> =>
      Array.from((await weights.params[name]?.data()) ?? []);
    const run = { w: await read("w"), b: await read("b"), cost, history };
    disposeParams(weights.params);
    return run;
  } finally {
    disposeParams(original.params);
  }
}
