import {
  createRng,
  disposeParams,
  type BatchSource,
  type IndexSet,
  type ModelWeights,
  type Params,
  type Unlearner,
  type UnlearnRequest,
  type UnlearnResult,
} from "@ltu/core";
import { gaussianBatches } from "@ltu/testing";

import { tinyModel } from "./tiny-model.ts";

export const size = 40;
export const classes = 3;
export const source: ReturnType<typeof gaussianBatches> = gaussianBatches(createRng(1), { size, classes });
export const model: ReturnType<typeof tinyModel> = tinyModel(classes);
const indexesFrom = (start: number, end: number): IndexSet =>
  Int32Array.from({ length: end - start }, (_, i) => start + i);
export const forgetSet: IndexSet = indexesFrom(0, 7);
export const accessibleRetain: IndexSet = indexesFrom(7, 16);
export const retainSet: IndexSet = indexesFrom(7, 32);
export const valSet: IndexSet = indexesFrom(32, size);

/** A source that throws on every index outside `allowed`, and counts its calls. */
export function guarded(allowed: readonly IndexSet[]): BatchSource & { readonly calls: { count: number } } {
  const known = new Set(allowed.flatMap((set) => [...set]));
  const calls = { count: 0 };
  const guard: BatchSource = Object.assign(
    (indexes: IndexSet, options?: Parameters<BatchSource>[1]) => {
      calls.count += 1;
      const stranger = indexes.find((index) => !known.has(index));
      if (stranger !== undefined) throw new Error(`sample ${stranger} must not be read`);
      return source(indexes, options);
    },
    { imageShape: source.imageShape, classes: source.classes },
  );
  return Object.assign(guard, { calls });
}

/** The numbers of weights as plain arrays, for exact comparison. */
export async function numbersOf({ params, stats }: ModelWeights): Promise<Record<string, number[]>> {
  const numbers: Record<string, number[]> = {};
  for (const tree of [params, stats]) {
    for (const [name, value] of Object.entries(tree as Params))
      numbers[name] = Array.from(await value.data());
  }
  return numbers;
}

/** What one run left, as plain data. */
export interface Outcome extends Omit<UnlearnResult, "weights"> {
  readonly numbers: Record<string, number[]>;
  /** The numbers of the original weights after the run. */
  readonly original: Record<string, number[]>;
}

/** Runs a method on the suite's data, given exactly what it needs; all tensors are released. */
export async function runUnlearner(
  unlearner: Unlearner,
  overrides: Partial<UnlearnRequest> = {},
): Promise<Outcome> {
  const original = model.init(createRng(2));
  const { retain, val } = unlearner.needs;
  try {
    const { weights, ...rest } = await unlearner.unlearn({
      model,
      original,
      batches: source,
      forgetSet,
      accessibleRetain: retain === "rho" ? accessibleRetain : undefined,
      retainSet: retain === "full" ? retainSet : undefined,
      valSet: val ? valSet : undefined,
      rng: createRng(3),
      ...overrides,
    });
    const numbers = await numbersOf(weights);
    [weights.params, weights.stats].forEach(disposeParams);
    return { ...rest, numbers, original: await numbersOf(original) };
  } finally {
    [original.params, original.stats].forEach(disposeParams);
  }
}
