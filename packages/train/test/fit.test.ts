import { memory, scalar } from "@tensorflow/tfjs-core";
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

import {
  adam,
  crossEntropy,
  fit,
  type FitRequest,
  type FitResult,
  type Phase,
  type Recipe,
} from "../src/index.ts";
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

  it("refuses to start on nothing, on data of other classes or shapes", async () => {
    await expect(run({ data: new Int32Array(0) })).rejects.toThrow(
      /expected samples to train on, found none/,
    );
    const other = tinyModel(5);
    await expect(run({ model: other })).rejects.toThrow(
      /same number of classes; the model tiny has 5, the data 3/,
    );
    const wide = tinyModel(3, [4, 5, 1]);
    await expect(run({ model: wide })).rejects.toMatchObject({ code: "SHAPE" });
    const empties = (epoch: number): Phase[] => (epoch === 1 ? [] : [[{ indexes: everything }]]);
    await expect(run({ data: empties })).rejects.toThrow(/expected samples to train on, found none/);
  });

  it("counts the steps of epochs of different sizes, and schedules over all of them", async () => {
    const steps: number[] = [];
    const shrinking = (epoch: number): Phase[] => [[{ indexes: everything.slice(0, 22 - 10 * epoch) }]];
    const { cost } = await run({
      data: shrinking,
      onProgress: ({ steps: all }) => steps.push(all),
    });
    // Batches of 8: 22 images take 3 steps, 12 take 2, 2 take 1.
    expect(cost).toMatchObject({ steps: 6, imagesForward: 36 });
    expect(steps).toEqual([6, 6, 6, 6, 6, 6]);
  });
});

describe("fit on batches side by side", () => {
  const few = everything.slice(0, 5);
  const many = everything.slice(5);
  const zipped = (): Phase[] => [{ zipped: [[{ indexes: many }], [{ indexes: few }]] }];

  it("gives each step a batch of both, and goes through the shorter one again in the same order", async () => {
    const { source, calls } = spying();
    const { cost } = await run({
      data: zipped,
      batches: source,
      recipe: { ...recipe, epochs: 1, batchSize: 4 },
    });
    // 17 images in batches of 4 are five steps; the five others are batches of 4 and 1.
    expect(cost).toMatchObject({ steps: 5, imagesForward: 17 + 4 + 1 + 4 + 1 + 4 });
    const lead = calls.filter((_, i) => i % 2 === 0).map(({ indexes }) => indexes);
    const beside = calls.filter((_, i) => i % 2 === 1).map(({ indexes }) => indexes);
    expect(lead.flat().sort((a, b) => a - b)).toEqual([...many]);
    expect([...(beside[0] as number[]), ...(beside[1] as number[])].sort((a, b) => a - b)).toEqual([...few]);
    expect(beside.slice(2)).toEqual([beside[0], beside[1], beside[0]]);
    expect(new Set(calls.map(({ augment }) => augment)).size).toBe(10);
  });

  it("shows the objective every pass; a weight of 0 for the second leaves the gradient of the first", async () => {
    const passes: number[] = [];
    const one = { data: () => [[{ indexes: many }]] as Phase[] };
    const settings = { model: small, recipe: { ...recipe, epochs: 1, batchSize: 17 } };
    const alone = await run({ ...settings, ...one });
    const beside = await run({
      ...settings,
      data: zipped,
      objective: (input) => {
        passes.push(input.passes.length);
        return crossEntropy(input.output.logits, input.labels);
      },
    });
    expect(passes).toEqual([2]);
    for (const [name, values] of Object.entries(alone.numbers)) {
      values.forEach((value, i) => expect(beside.numbers[name]?.[i]).toBeCloseTo(value, 5));
    }
  });
});

describe("what fit lets its caller decide", () => {
  it("trains on the labels that prepare gives, and hands its target to the objective", async () => {
    const seen: { target: number; labels: number[] }[] = [];
    const before = memory().numTensors;
    const { history } = await run({
      recipe: { ...recipe, epochs: 2, batchSize: 22 },
      prepare: ({ labels }, { place }) =>
        Promise.resolve({
          labels: labels.map(() => 2),
          target: scalar(place.epoch + 0.5),
          values: { flipped: labels.filter((label) => label !== 2).length },
        }),
      objective: ({ output, labels, target }) => {
        seen.push({ target: target?.dataSync()[0] as number, labels: Array.from(labels.dataSync()) });
        return crossEntropy(output.logits, labels);
      },
    });
    expect(memory().numTensors).toBe(before);
    expect(seen.map(({ target }) => target)).toEqual([0.5, 1.5]);
    expect(seen.every(({ labels }) => labels.every((label) => label === 2))).toBe(true);
    expect(history["flipped"]).toHaveLength(2);
    expect(history["flipped"]?.[0]).toBeGreaterThan(0);
  });

  it("leaves no tensor when prepare fails", async () => {
    const before = memory().numTensors;
    const prepare = (): Promise<never> => Promise.reject(new Error("no labels"));
    await expect(run({ prepare })).rejects.toThrow("no labels");
    expect(memory().numTensors).toBe(before);
  });

  it("tells samples of different sets apart", async () => {
    const counts: number[] = [];
    await run({
      data: () => [[{ indexes: everything.slice(0, 6) }, { indexes: everything.slice(6) }]],
      recipe: { ...recipe, epochs: 1, batchSize: 22 },
      objective: ({ output, labels, sets, indexes }) => {
        counts.push(sets.filter((set) => set === 0).length);
        sets.forEach((set, i) => expect(set).toBe((indexes[i] as number) < 6 ? 0 : 1));
        return crossEntropy(output.logits, labels);
      },
    });
    expect(counts).toEqual([6]);
  });

  it("leaves running statistics alone in modes batch and eval", async () => {
    const start = model.init(createRng(2));
    const stats = (await numbersOf(start))["bn1.running_mean"];
    dispose(start);
    for (const mode of ["batch", "eval"] as const) {
      const { numbers } = await run({ mode });
      expect(numbers["bn1.running_mean"]).toEqual(stats);
    }
    expect((await run()).numbers["bn1.running_mean"]).not.toEqual(stats);
  });

  it("moves by the optimizer given, goes on with its state, and refuses a checkpoint of other settings", async () => {
    const whole = await run({ optimizer: adam() });
    expect(whole.numbers).not.toEqual((await run()).numbers);
    const saved: Uint8Array[] = [];
    const checkpoint: CheckpointPort = {
      load: () => Promise.resolve(saved[0]),
      save: (bytes) => Promise.resolve(void saved.push(bytes)),
    };
    await run({ optimizer: adam(), checkpoint });
    expect((await run({ optimizer: adam(), checkpoint })).numbers).toEqual(whole.numbers);
    await expect(run({ optimizer: adam({ beta1: 0.5 }), checkpoint })).rejects.toMatchObject({
      code: "DATA",
    });
    await expect(run({ optimizer: adam(), settings: { gamma: 2 }, checkpoint })).rejects.toMatchObject({
      code: "DATA",
    });
  });
});
