import { memory } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  createRng,
  disposeParams,
  type Batch,
  type BatchSource,
  type CheckpointPort,
  type IndexSet,
  type ModelWeights,
  type Params,
  type ProgressEvent,
} from "@ltu/core";
import { mlp } from "@ltu/models";
import { gaussianBatches } from "@ltu/testing";

import { fit, type FitRequest, type FitResult, type Phase, type Recipe } from "../src/index.ts";
import { tinyModel } from "./tiny-model.ts";

const size = 22;
const batches = gaussianBatches(createRng(1), { size, classes: 3, imageShape: [4, 4, 1] });
const everything = Int32Array.from({ length: size }, (_, i) => i);
const recipe: Recipe = {
  epochs: 3,
  batchSize: 8,
  schedule: { name: "one-cycle", maxLr: 0.1 },
  weightDecay: 5e-4,
  augment: true,
};
const model = tinyModel(3);
const small = mlp({ inputShape: [4, 4, 1], classes: 3, hidden: [6] });

const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

const numbersOf = async (weights: ModelWeights): Promise<Record<string, number[]>> => {
  const numbers: Record<string, number[]> = {};
  for (const tree of [weights.params, weights.stats]) {
    for (const [name, value] of Object.entries(tree as Params))
      numbers[name] = Array.from(await value.data());
  }
  return numbers;
};

/** Runs fit from fixed initial weights and returns plain numbers. */
const run = async (
  overrides: Partial<FitRequest> = {},
): Promise<{ numbers: Record<string, number[]> } & Omit<FitResult, "weights">> => {
  const using = overrides.model ?? model;
  const start = using.init(createRng(2));
  try {
    const { weights, ...rest } = await fit({
      model: using,
      weights: start,
      batches,
      data: everything,
      recipe,
      rng: createRng(3),
      ...overrides,
    });
    const numbers = await numbersOf(weights);
    dispose(weights);
    return { numbers, ...rest };
  } finally {
    dispose(start);
  }
};

/** A source that notes which indexes were asked for, and with which augmentation stream. */
const spying = (): { source: BatchSource; calls: { indexes: number[]; augment: string | undefined }[] } => {
  const calls: { indexes: number[]; augment: string | undefined }[] = [];
  const source: BatchSource = Object.assign(
    (indexes: IndexSet, options?: Parameters<BatchSource>[1]): Batch => {
      calls.push({ indexes: [...indexes], augment: options?.augment?.key });
      return batches(indexes, options);
    },
    { imageShape: batches.imageShape, classes: batches.classes },
  );
  return { source, calls };
};

const storing = (): CheckpointPort & { saved: Uint8Array[] } => {
  const saved: Uint8Array[] = [];
  return {
    saved,
    load: () => Promise.resolve(saved.at(-1)),
    save: (bytes) => {
      saved.push(bytes);
      return Promise.resolve();
    },
  };
};

describe("fit", () => {
  it("lowers the loss and counts what it spent", async () => {
    const { history, cost } = await run({ model: small, recipe: { ...recipe, epochs: 15 } });
    const losses = history["loss"] as number[];
    expect(losses).toHaveLength(45);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
    expect(cost).toMatchObject({ imagesForward: 330, imagesBackward: 330, steps: 45 });
    expect(cost.wallMs).toBeGreaterThan(0);
  });

  it("visits each sample once an epoch, the last partial batch included, and in another order the next", async () => {
    const { source, calls } = spying();
    await run({ model: small, batches: source });
    expect(calls.map(({ indexes }) => indexes.length)).toEqual([8, 8, 6, 8, 8, 6, 8, 8, 6]);
    const epochs = [0, 3, 6].map((at) => calls.slice(at, at + 3).flatMap(({ indexes }) => indexes));
    for (const visited of epochs) expect(visited.toSorted((a, b) => a - b)).toEqual([...everything]);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[1]).not.toEqual(epochs[2]);
    expect(epochs[0]).not.toEqual([...everything]);
  });

  it("gives every batch its own augmentation stream, and none when the recipe has none", async () => {
    const { source, calls } = spying();
    await run({ model: small, batches: source });
    expect(new Set(calls.map(({ augment }) => augment)).size).toBe(9);
    expect(calls[3]?.augment).toBe("3/epoch/1/augment/0/0");
    calls.length = 0;
    await run({ model: small, batches: source, recipe: { ...recipe, augment: false } });
    expect(calls.every(({ augment }) => augment === undefined)).toBe(true);
  });

  it("gives the same numbers for the same stream, others for another, and leaves its start untouched", async () => {
    const start = model.init(createRng(2));
    const before = await numbersOf(start);
    const first = await run({ weights: start });
    expect(await numbersOf(start)).toEqual(before);
    dispose(start);
    expect((await run()).numbers).toEqual(first.numbers);
    expect((await run({ rng: createRng(4) })).numbers).not.toEqual(first.numbers);
  });

  it("goes on from any checkpoint to the very numbers of the uninterrupted run", async () => {
    const port = storing();
    const evaluate = (_: ModelWeights, epoch: number): Promise<{ epoch: number }> =>
      Promise.resolve({ epoch });
    const whole = await run({ checkpoint: port, evaluate });
    expect(port.saved).toHaveLength(recipe.epochs);
    for (const bytes of port.saved) {
      const resumed = await run({
        checkpoint: { load: () => Promise.resolve(bytes), save: () => Promise.resolve() },
        evaluate,
      });
      expect(resumed.numbers).toEqual(whole.numbers);
      expect(resumed.history).toEqual(whole.history);
      expect({ ...resumed.cost, wallMs: 0 }).toEqual({ ...whole.cost, wallMs: 0 });
    }
  });

  it("goes on after a stop between two checkpoints", async () => {
    const whole = await run();
    const port = storing();
    const controller = new AbortController();
    const stopped = run({
      checkpoint: port,
      signal: controller.signal,
      onProgress: ({ step }) => {
        if (step === 4) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
    expect(port.saved).toHaveLength(1);
    expect((await run({ checkpoint: port })).numbers).toEqual(whole.numbers);
  });

  it("refuses a checkpoint of another run, and a damaged one", async () => {
    const port = storing();
    await run({ checkpoint: port });
    await expect(run({ checkpoint: port, rng: createRng(9) })).rejects.toThrow(
      /checkpoint: expected one of the run/,
    );
    await expect(run({ checkpoint: port, recipe: { ...recipe, epochs: 4 } })).rejects.toMatchObject({
      code: "DATA",
    });
    port.saved.push((port.saved.at(-1) as Uint8Array).slice(0, 900));
    await expect(run({ checkpoint: port })).rejects.toThrow(/the file is damaged/);
  });

  it("evaluates after every epoch and keeps one number for each", async () => {
    const { history } = await run({
      evaluate: (weights, epoch) =>
        Promise.resolve({ size: Object.keys(weights.params).length, square: epoch * epoch }),
    });
    expect(history["square"]).toEqual([0, 1, 4]);
    expect(history["size"]).toEqual([5, 5, 5]);
  });

  it("keeps the training loss apart from what an evaluation measures", async () => {
    await expect(run({ evaluate: () => Promise.resolve({ loss: 1 }) })).rejects.toThrow(/found "loss"/);
  });

  it("refuses the checkpoint of a run on other samples of the same number", async () => {
    const port = storing();
    await run({ checkpoint: port, data: everything.slice(0, 20) });
    await expect(run({ checkpoint: port, data: everything.slice(1, 21) })).rejects.toMatchObject({
      code: "DATA",
    });
  });

  it("fails when an evaluation fails, instead of leaving it out", async () => {
    await expect(run({ evaluate: () => Promise.reject(new Error("no test set")) })).rejects.toThrow(
      "no test set",
    );
  });

  it("names the step at which the loss stops being finite, and leaves no tensor", async () => {
    const wild = { ...recipe, schedule: { name: "constant", lr: 1e30 } } as const;
    const before = memory().numTensors;
    await expect(run({ model: small, recipe: wild })).rejects.toThrow(
      /the loss must stay finite, found .* at step [23] of 9/,
    );
    await expect(run({ model: small, recipe: wild })).rejects.toMatchObject({ code: "DIVERGED" });
    expect(memory().numTensors).toBe(before);
  });

  it("tells of each step once and in order, with its own loss", async () => {
    const events: ProgressEvent[] = [];
    const { history } = await run({ task: "retrain", onProgress: (event) => events.push(event) });
    expect(events.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(events.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
    expect(events.map(({ values }) => values?.["loss"])).toEqual(history["loss"]);
    expect(events[0]).toMatchObject({ task: "retrain", steps: 9, epochs: 3 });
  });

  it("runs phases one after the other and trains on the labels of the plan", async () => {
    const { source, calls } = spying();
    const forget = everything.slice(0, 5);
    const retain = everything.slice(5);
    const asked: number[] = [];
    const label = (position: number, trueLabel: number): number => {
      asked.push(position);
      return (trueLabel + 1) % 3;
    };
    await run({
      model: small,
      batches: source,
      recipe: { ...recipe, epochs: 1, batchSize: 4 },
      data: (): Phase[] => [[{ indexes: forget, label }], [{ indexes: retain }], []],
    });
    expect(calls.map(({ indexes }) => indexes.length)).toEqual([4, 1, 4, 4, 4, 4, 1]);
    expect(
      calls
        .slice(0, 2)
        .flatMap(({ indexes }) => indexes)
        .toSorted((a, b) => a - b),
    ).toEqual([...forget]);
    expect(asked.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });

  it("mixes the sets of one phase", async () => {
    const { source, calls } = spying();
    const sets = [{ indexes: everything.slice(0, 11) }, { indexes: everything.slice(11) }];
    await run({ model: small, batches: source, recipe: { ...recipe, epochs: 1 }, data: () => [sets] });
    const first = calls[0]?.indexes as number[];
    expect(first.some((index) => index < 11) && first.some((index) => index >= 11)).toBe(true);
  });

  it("is for every batch size the same visit of each sample once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.nat(1000), async (batchSize, seed) => {
        const { source, calls } = spying();
        const once = { ...recipe, epochs: 1, batchSize, schedule: { name: "constant", lr: 0.01 } } as const;
        await run({ model: small, batches: source, recipe: once, rng: createRng(seed) });
        expect(calls.flatMap(({ indexes }) => indexes).toSorted((a, b) => a - b)).toEqual([...everything]);
      }),
      { numRuns: 10 },
    );
  });

  it("holds no more bytes and tensors after 50 iterations than after the 5th", async () => {
    const held: { bytes: number; tensors: number }[] = [];
    await run({
      recipe: { ...recipe, epochs: 25, batchSize: 11 },
      onProgress: () => held.push({ bytes: memory().numBytes, tensors: memory().numTensors }),
    });
    expect(held).toHaveLength(50);
    // The last event of an epoch comes when no further loss waits; compare like with like.
    expect(held[48]).toEqual(held[4]);
    expect(held[49]).toEqual(held[5]);
  });

  it("refuses to start on nothing, on data of other classes or shapes, and on uneven epochs", async () => {
    await expect(run({ data: new Int32Array(0) })).rejects.toThrow(
      /expected samples to train on, found none/,
    );
    const other = tinyModel(5);
    await expect(run({ model: other })).rejects.toThrow(
      /same number of classes; the model tiny has 5, the data 3/,
    );
    const wide = tinyModel(3, [4, 5, 1]);
    await expect(run({ model: wide })).rejects.toMatchObject({ code: "SHAPE" });
    const uneven = (epoch: number): Phase[] => [[{ indexes: everything.slice(0, 22 - 10 * epoch) }]];
    await expect(run({ data: uneven })).rejects.toThrow(/every epoch needs 3 steps, found 2 in epoch 2/);
  });
});
