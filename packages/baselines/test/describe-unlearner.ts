import { memory } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import {
  createRng,
  disposeParams,
  isLtuError,
  type BatchSource,
  type CheckpointPort,
  type IndexSet,
  type ModelWeights,
  type Params,
  type ProgressEvent,
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

/**
 * What every unlearning method promises. `make` gives the method with options that take a few short epochs.
 *
 * `changesWeights` false is for methods that are the identity by design.
 */
export function describeUnlearner(
  name: string,
  make: () => Unlearner,
  { changesWeights = true }: { readonly changesWeights?: boolean } = {},
): void {
  const originalNumbers = async (): Promise<Record<string, number[]>> => {
    const weights = model.init(createRng(2));
    const numbers = await numbersOf(weights);
    [weights.params, weights.stats].forEach(disposeParams);
    return numbers;
  };
  const setsOf = ({ needs }: Unlearner): IndexSet[] => [
    ...(needs.forget ? [forgetSet] : []),
    ...(needs.retain === "full" ? [retainSet] : needs.retain === "rho" ? [accessibleRetain] : []),
    ...(needs.val ? [valSet] : []),
  ];

  describe(`${name} as an unlearner`, () => {
    it("has its name, and options that are plain JSON and name what was resolved", () => {
      const unlearner = make();
      expect(unlearner.name).toBe(name);
      expect(JSON.parse(JSON.stringify(unlearner.options))).toEqual(unlearner.options);
    });

    it("gives the same numbers for the same stream", async () => {
      const first = await runUnlearner(make());
      const second = await runUnlearner(make());
      expect(second.numbers).toEqual(first.numbers);
      expect(second.history).toEqual(first.history);
    });

    it(changesWeights ? "depends on its stream" : "does not depend on its stream", async () => {
      const first = (await runUnlearner(make())).numbers;
      const other = (await runUnlearner(make(), { rng: createRng(4) })).numbers;
      if (changesWeights) expect(other).not.toEqual(first);
      else expect(other).toEqual(first);
    });

    it("leaves the original weights and the sets of the request as they were", async () => {
      const before = await originalNumbers();
      const { original, numbers } = await runUnlearner(make());
      expect(original).toEqual(before);
      if (changesWeights) expect(numbers).not.toEqual(before);
      else expect(numbers).toEqual(before);
      expect([...forgetSet]).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(retainSet).toEqual(indexesFrom(7, 32));
    });

    it("returns finite weights of the same names and shapes, and owns nothing else", async () => {
      const before = await originalNumbers();
      const { numbers, model: resultModel } = await runUnlearner(make());
      expect(Object.keys(numbers)).toEqual(Object.keys(before));
      for (const [parameter, values] of Object.entries(numbers)) {
        expect(values).toHaveLength((before[parameter] as number[]).length);
        expect(values.every(Number.isFinite)).toBe(true);
      }
      expect(resultModel.classes).toBe(classes);
    });

    it("leaves no tensor", async () => {
      const before = memory().numTensors;
      await runUnlearner(make());
      expect(memory().numTensors).toBe(before);
    });

    it("reads nothing but what it declares to need", async () => {
      const unlearner = make();
      const allowed = setsOf(unlearner);
      const batches = guarded(allowed);
      await runUnlearner(unlearner, { batches });
      expect(batches.calls.count > 0).toBe(allowed.length > 0);
    });

    it("names missing data in one sentence before any work", async () => {
      const unlearner = make();
      const { retain } = unlearner.needs;
      if (retain === "none") return;
      const key = retain === "full" ? "retainSet" : "accessibleRetain";
      for (const missing of [undefined, new Int32Array(0)]) {
        const batches = guarded([]);
        const failed = runUnlearner(unlearner, { batches, [key]: missing });
        await expect(failed).rejects.toThrow(new RegExp(`^${name}: expected ${key} in the request`));
        expect(batches.calls.count).toBe(0);
      }
    });

    it("refuses a sample that is both to forget and to retain", async () => {
      const unlearner = make();
      if (unlearner.needs.retain === "none") return;
      const both = { retainSet: indexesFrom(6, 32), accessibleRetain: indexesFrom(6, 16) };
      const key = unlearner.needs.retain === "full" ? "retainSet" : "accessibleRetain";
      await expect(runUnlearner(unlearner, { [key]: both[key] })).rejects.toThrow(/sample 6 in both/);
    });

    it("is the identity or refuses with one sentence when there is nothing to forget", async () => {
      const before = await originalNumbers();
      try {
        expect((await runUnlearner(make(), { forgetSet: new Int32Array(0) })).numbers).toEqual(before);
      } catch (error) {
        expect(isLtuError(error) && error.code).toBe("DATA");
        expect((error as Error).message).toMatch(new RegExp(`^${name}: .*forget set`));
      }
    });

    it("refuses a model that does not fit the data", async () => {
      if (!changesWeights) return;
      const failed = runUnlearner(make(), { model: model.withClasses(classes + 1) });
      await expect(failed).rejects.toMatchObject({ code: "SHAPE" });
    });

    it("counts what it spends, and tells of each step", async () => {
      const events: ProgressEvent[] = [];
      const { cost, history } = await runUnlearner(make(), { onProgress: (event) => events.push(event) });
      expect(events).toHaveLength(cost.steps);
      expect(events.every(({ task, steps }) => task === name && steps === cost.steps)).toBe(true);
      expect(cost.imagesForward).toBeGreaterThanOrEqual(cost.imagesBackward);
      expect(cost.wallMs).toBeGreaterThanOrEqual(0);
      for (const series of Object.values(history)) expect(series.every(Number.isFinite)).toBe(true);
    });

    it("stops when asked, and goes on from its checkpoint to the numbers of the uninterrupted run", async () => {
      if (!changesWeights) return;
      const whole = await runUnlearner(make());
      const saved: Uint8Array[] = [];
      const checkpoint: CheckpointPort = {
        load: () => Promise.resolve(saved.at(-1)),
        save: (bytes) => {
          saved.push(bytes);
          return Promise.resolve();
        },
      };
      const controller = new AbortController();
      const stopAt = Math.ceil(whole.cost.steps / 2);
      const stopped = runUnlearner(make(), {
        checkpoint,
        signal: controller.signal,
        onProgress: ({ step }) => {
          if (step === stopAt) controller.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
      expect(saved.length).toBeGreaterThan(0);
      const resumed = await runUnlearner(make(), { checkpoint });
      expect(resumed.numbers).toEqual(whole.numbers);
      expect(resumed.history).toEqual(whole.history);
      expect({ ...resumed.cost, wallMs: 0 }).toEqual({ ...whole.cost, wallMs: 0 });
    });
  });
}
