import { createRng } from "@ltu/core";
import { describe, expect, it } from "vitest";

import { cifar10ClassNames, cifar10Groups, synthetic, withCoarseLabels, withLabels } from "../src/index.ts";

const data = synthetic({
  rng: createRng(1),
  classes: 4,
  imageShape: [4, 4, 1],
  size: { train: 40, val: 8, test: 8 },
});

describe("withCoarseLabels", () => {
  it("gives each image the label of its group and keeps the fine one", () => {
    const coarse = withCoarseLabels(data, { b: [3, 0], a: [1, 2] });
    expect([...coarse.dataset.labels]).toEqual(
      [...data.dataset.labels].map((label) => (label === 0 || label === 3 ? 0 : 1)),
    );
    expect(coarse.dataset.classNames).toEqual(["b", "a"]);
    expect(coarse.fineLabels).toBe(data.dataset.labels);
    expect(coarse.fineClassNames).toBe(data.dataset.classNames);
    expect(coarse.dataset.pixels).toBe(data.dataset.pixels);
    expect(coarse.parts).toEqual(data.parts);
    expect(coarse.contentHash).not.toBe(data.contentHash);
  });

  it("refuses groups that lack a class, name one twice, or are one", () => {
    for (const groups of [{ a: [0, 1], b: [2] }, { a: [0, 1], b: [1, 2, 3] }, { a: [0, 1, 2, 3] }]) {
      expect(() => withCoarseLabels(data, groups)).toThrow(/each of the 4 classes once/);
    }
  });

  it("has the animals and vehicles of CIFAR-10", () => {
    expect(cifar10Groups["vehicle"]?.map((label) => cifar10ClassNames[label])).toEqual([
      "airplane",
      "automobile",
      "ship",
      "truck",
    ]);
    expect(
      Object.values(cifar10Groups)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(cifar10ClassNames.map((_, label) => label));
  });
});

describe("withLabels", () => {
  it("leaves everything but labels and content hash", () => {
    const labels = data.dataset.labels.map((label) => (label + 1) % 4);
    const { contentHash, ...other } = withLabels(data, { labels });
    expect(other.dataset).toEqual({ ...data.dataset, labels });
    expect(other.normalization).toEqual(data.normalization);
    expect(contentHash).not.toBe(data.contentHash);
    expect(withLabels(data, { labels: data.dataset.labels }).contentHash).toBe(data.contentHash);
  });

  it("refuses labels that do not fit", () => {
    expect(() => withLabels(data, { labels: new Int32Array(56).fill(4) })).toThrow(/labels from 0 to 3/);
  });
});
