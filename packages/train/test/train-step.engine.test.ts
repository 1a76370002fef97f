import { memory, neg, tensor1d, tensor2d, type Scalar } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { createRng, disposeParams, type ModelWeights, type Params } from "@ltu/core";
import { gaussianBatches } from "@ltu/testing";

import { crossEntropy, sgd, trainStep } from "../src/index.ts";
import { tinyModel } from "./tiny-model.ts";

const batches = gaussianBatches(createRng(1), { size: 12, classes: 3 });
const model = tinyModel(3);
const rates = { lr: 0.1, momentum: 0.9, weightDecay: 5e-4 };
const dispose = (...trees: (ModelWeights | Params)[]): void =>
  trees.forEach((tree) => {
    if ("params" in tree) {
      const weights = tree as ModelWeights;
      [weights.params, weights.stats].forEach(disposeParams);
    } else disposeParams(tree as Params);
  });

const setUp = () => {
  const weights = model.init(createRng(2));
  const batch = batches(Int32Array.from({ length: 12 }, (_, i) => i));
  return { weights, velocity: sgd.init(weights.params), images: batch.images, labels: batch.labels };
};

describe("trainStep", () => {
  it("lowers the loss step by step, moves the running statistics, and owns only what it returns", async () => {
    const { images, labels, ...start } = setUp();
    let { weights, velocity } = start;
    const losses: number[] = [];
    const before = memory().numTensors;
    for (let step = 0; step < 5; step++) {
      const next = trainStep({ model, weights, velocity, batches: [{ images, labels }] }, rates);
      dispose(weights, velocity);
      ({ weights, velocity } = next);
      losses.push((await next.loss.data())[0] as number);
      next.loss.dispose();
    }
    expect(memory().numTensors).toBe(before);
    losses.slice(1).forEach((loss, i) => expect(loss).toBeLessThan(losses[i] as number));
    const mean = await (weights.stats["bn1.running_mean"] as Params[string]).data();
    expect(mean.some((value) => value !== 0)).toBe(true);
    images.dispose();
    dispose(weights, velocity);
  });

  it("leaves no tensor when the objective fails, running statistics included", () => {
    const { images, weights, velocity, labels } = setUp();
    const before = memory().numTensors;
    const objective = (): Scalar => {
      throw new Error("no objective");
    };
    expect(() =>
      trainStep({ model, weights, velocity, batches: [{ images, labels }] }, { ...rates, objective }),
    ).toThrow("no objective");
    expect(memory().numTensors).toBe(before);
    images.dispose();
    dispose(weights, velocity);
  });

  it("minimises another objective: with the negative loss the cross-entropy rises", async () => {
    const { images, weights, velocity, labels } = setUp();
    const loss = async (at: ModelWeights): Promise<number> => {
      const { logits, features } = model.apply(at, images, { mode: "batch" });
      const wanted = tensor1d(labels, "int32");
      const value = crossEntropy(logits, wanted);
      const [number] = await value.data();
      [logits, features, wanted, value].forEach((made) => made.dispose());
      return number as number;
    };
    const next = trainStep(
      { model, weights, velocity, batches: [{ images, labels }] },
      { ...rates, objective: ({ output, labels: wanted }) => neg(crossEntropy(output.logits, wanted)) },
    );
    expect(await loss(next.weights)).toBeGreaterThan(await loss(weights));
    next.loss.dispose();
    images.dispose();
    dispose(weights, velocity, next.weights, next.velocity);
  });
});

describe("crossEntropy", () => {
  it("is log 2 for equal logits of two classes and stays finite for logits of 1000", async () => {
    const logits = tensor2d([0, 0, 1000, -1000], [2, 2]);
    const labels = tensor1d([1, 0], "int32");
    const value = crossEntropy(logits, labels);
    expect((await value.data())[0]).toBeCloseTo(Math.log(2) / 2, 6);
    [logits, labels, value].forEach((made) => made.dispose());
  });
});
