import { memory, tidy, zeros, ones, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { createRng, disposeParams, paramCount, type Model, type ModelWeights } from "@ltu/core";

import { mlp, models, resnet18, resnet20, resnetCifar, smallCnn, vgg16Bn, vitTiny } from "../src/index.ts";

const gray = { mean: [0.3], std: [0.2] };
const color = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
const cases: readonly [string, Model, number][] = [
  ["small-cnn 32x32x3", smallCnn({ inputShape: [32, 32, 3], classes: 10, ...color }), 161_274],
  ["small-cnn 28x28x1", smallCnn({ inputShape: [28, 28, 1], classes: 10, ...gray }), 160_986],
  ["small-cnn 9x7x1", smallCnn({ inputShape: [9, 7, 1], classes: 4, ...gray }), 160_212],
  ["resnet20 32x32x3", resnet20({ inputShape: [32, 32, 3], classes: 10, ...color }), 269_722],
  ["resnet44 32x32x3", resnetCifar(44, { inputShape: [32, 32, 3], classes: 100, ...color }), 664_436],
  ["resnet20 11x8x1", resnet20({ inputShape: [11, 8, 1], classes: 5, ...gray }), 269_109],
  [
    "vit-tiny 8x4x1",
    vitTiny({ inputShape: [8, 4, 1], classes: 3, depth: 1, width: 6, ...gray }),
    // Patches, class token, positions, one block, a norm, a linear layer.
    17 * 6 + 6 + 3 * 6 + (4 * 6 + 12 * 36 + 9 * 6) + 2 * 6 + 7 * 3,
  ],
  ["resnet18 7x8x1, width 2", resnet18({ inputShape: [7, 8, 1], classes: 3, width: 2, ...gray }), 11_265],
  [
    "resnet18 14x9x1, imagenet stem",
    resnet18({ inputShape: [14, 9, 1], classes: 3, width: 2, stem: "imagenet", ...gray }),
    11_265 + 2 * (49 - 9),
  ],
  [
    "mlp 4x4x1",
    mlp({ inputShape: [4, 4, 1], classes: 3, hidden: [8, 5] }),
    16 * 8 + 8 + 8 * 5 + 5 + 5 * 3 + 3,
  ],
  ["mlp without hidden layer", mlp({ inputShape: [2, 2, 3], classes: 3, hidden: [] }), 12 * 3 + 3],
  ["mlp tanh, normalised", mlp({ inputShape: [2, 2, 1], classes: 2, activation: "tanh", ...gray }), 450],
];

const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

it.each(cases)("%s has its number of parameters", (_name, model, count) => {
  const weights = model.init(createRng(1));
  expect(paramCount(weights.params)).toBe(count);
  dispose(weights);
});

// The largest ones run elsewhere: a pass of them takes seconds on the cpu engine.
const quick = cases.filter(([, { inputShape }]) => inputShape[0] < 28);

describe.each(quick)("%s", (_name, model) => {
  const [height, width, channels] = model.inputShape;

  it("returns logits, features and, in mode train alone, running statistics; nothing else stays", () => {
    const weights = model.init(createRng(1));
    const images = ones([2, height, width, channels]) as Parameters<Model["apply"]>[1];
    for (const mode of ["train", "batch", "eval"] as const) {
      const before = memory().numTensors;
      const { logits, features, stats } = model.apply(weights, images, { mode });
      expect(logits.shape).toEqual([2, model.classes]);
      expect(features.shape[0]).toBe(2);
      const last = Object.values(weights.params).at(-2) as Tensor;
      expect(features.shape[1]).toBe(last.shape[0]);
      if (mode === "train") expect(Object.keys(stats ?? {})).toEqual(Object.keys(weights.stats));
      else expect(stats).toBeUndefined();
      expect(memory().numTensors).toBe(before + 2 + Object.keys(stats ?? {}).length);
      logits.dispose();
      features.dispose();
      disposeParams(stats ?? {});
    }
    images.dispose();
    dispose(weights);
  });

  it("keeps its running statistics through a tidy around the pass", () => {
    const weights = model.init(createRng(1));
    const before = memory().numTensors;
    const kept: { stats?: ModelWeights["stats"] | undefined } = {};
    tidy(() => {
      kept.stats = model.apply(weights, zeros([3, height, width, channels]), { mode: "train" }).stats;
    });
    expect(memory().numTensors).toBe(before + Object.keys(weights.stats).length);
    disposeParams(kept.stats ?? {});
    dispose(weights);
  });

  it("draws the same weights from the same stream, others from another", async () => {
    const first = { mlp: "fc1.weight", "vit-tiny": "pos_embed" }[model.name] ?? "conv1.weight";
    const draw = async (seed: number): Promise<unknown> => {
      const weights = model.init(createRng(seed));
      const data = await (weights.params[first] as Tensor).data();
      dispose(weights);
      return data;
    };
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  it("changes only its last layer for another number of classes", () => {
    const other = model.withClasses(model.classes + 2);
    const [a, b] = [model.init(createRng(1)), other.init(createRng(1))];
    const names = Object.keys(a.params);
    expect(Object.keys(b.params)).toEqual(names);
    expect(names.filter((name) => String(a.params[name]?.shape) !== String(b.params[name]?.shape))).toEqual(
      names.slice(-2),
    );
    expect(other.classes).toBe(model.classes + 2);
    dispose(a);
    dispose(b);
  });

  it("refuses images of another shape in one sentence", () => {
    const weights = model.init(createRng(1));
    const images = zeros([1, height + 1, width, channels]) as Parameters<Model["apply"]>[1];
    expect(() => model.apply(weights, images, { mode: "eval" })).toThrow(
      /images must be \[batch, .*\], found/,
    );
    images.dispose();
    dispose(weights);
  });
});

describe("models", () => {
  it("holds every architecture under the name it gives itself", () => {
    const options = { inputShape: [16, 16, 1], classes: 3, ...gray } as const;
    for (const [name, factory] of Object.entries(models)) expect(factory(options).name).toBe(name);
  });

  it("refuses impossible options", () => {
    const fine = { inputShape: [8, 8, 3], classes: 10, ...color } as const;
    for (const factory of [smallCnn, resnet18, resnet20, mlp]) {
      expect(() => factory({ ...fine, classes: 1 })).toThrow(/classes must be a whole number of at least 2/);
      expect(() => factory({ ...fine, inputShape: [8, 0, 3] })).toThrow(/inputShape must be/);
      expect(() => factory({ ...fine, mean: [0.5] })).toThrow(/mean and std must hold 3 finite numbers/);
      expect(() => factory({ ...fine, std: [1, 0, 1] })).toThrow(/std above 0/);
    }
    const large = { ...fine, inputShape: [32, 32, 3] } as const;
    expect(() => vgg16Bn({ ...large, classes: 1 })).toThrow(/classes must be a whole number of at least 2/);
    expect(() => vgg16Bn({ ...large, std: [1, 0, 1] })).toThrow(/std above 0/);
    expect(() => resnet18({ ...fine, width: 0 })).toThrow(/width must be .*found 0/);
    expect(() => resnet18({ ...fine, stem: "big" as "cifar" })).toThrow(/cifar or imagenet, found big/);
    expect(() => mlp({ ...fine, hidden: [0] })).toThrow(/hidden must hold/);
    expect(() => mlp({ ...fine, hidden: "64" as never })).toThrow(/hidden must hold.*found "64"/);
    expect(() => mlp({ ...fine, activation: "gelu" as "relu" })).toThrow(/relu or tanh, found gelu/);
    expect(() => mlp({ inputShape: [8, 8, 3], classes: 2, mean: [0, 0, 0] })).toThrow(/go together/);
  });
});
