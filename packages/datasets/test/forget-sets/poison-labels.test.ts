import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mislabelled, poisonLabels } from "../../src/index.ts";
import { expectForgetSet, someTrainSet } from "./shuffled.ts";

const trainSet = someTrainSet(50);
const labels = Int32Array.from({ length: 400 }, (_, i) => i % 5);

describe("poisonLabels", () => {
  it("changes a share of the training labels to other classes, and no label outside", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 49 }), (seed, count) => {
        const options = { labels, classes: 5, share: count / 50 };
        const noisy = poisonLabels(trainSet, { ...options, rng: createRng(seed) });
        expectForgetSet(noisy.poisoned, trainSet, count);
        expect(mislabelled(trainSet, { labels, noisyLabels: noisy.labels })).toEqual(noisy.poisoned);
        expect(noisy.labels.every((label) => label >= 0 && label < 5)).toBe(true);
        const changed = noisy.labels.filter((label, i) => label !== labels[i]);
        expect(changed.length).toBe(count);
        const other = createRng(seed + 1)
          .permutation(50)
          .map((row) => trainSet[row] as number);
        expect(poisonLabels(other, { ...options, rng: createRng(seed) })).toEqual(noisy);
      }),
    );
    // The labels given stay as they are.
    expect(labels.every((label, i) => label === i % 5)).toBe(true);
  });

  it("draws every other class equally often", () => {
    const many = Int32Array.from({ length: 5000 }, (_, i) => i);
    const zeros = new Int32Array(5000);
    const noisy = poisonLabels(many, { labels: zeros, classes: 5, share: 0.8, rng: createRng(3) });
    const counts = [0, 0, 0, 0, 0];
    for (const label of noisy.labels) counts[label]! += 1;
    expect(counts[0]).toBe(1000);
    // Binomial with mean 1000 and standard deviation 27: five deviations.
    for (const count of counts.slice(1)) expect(Math.abs(count - 1000)).toBeLessThan(137);
  });

  it("swaps the labels of two classes and leaves the others", () => {
    const noisy = poisonLabels(trainSet, {
      labels,
      classes: 5,
      share: 0.5,
      rng: createRng(1),
      confuse: [1, 3],
    });
    // Ten training images of each class: half of twenty.
    expect(noisy.poisoned.length).toBe(10);
    for (const index of noisy.poisoned) {
      expect([labels[index], noisy.labels[index]]).toEqual(labels[index] === 1 ? [1, 3] : [3, 1]);
    }
  });

  it("refuses what does not fit in one sentence", () => {
    const good = { labels, classes: 5, share: 0.5, rng: createRng(1) };
    const poison = (more: object) => () => poisonLabels(trainSet, { ...good, ...more });
    for (const share of [0, 1, -0.1, 0.001, 0.999, Number.NaN]) {
      expect(poison({ share })).toThrow(/share must be above 0 and below 1/);
    }
    for (const classes of [1, 0, 2.5, Number.NaN]) {
      expect(poison({ classes })).toThrow(`classes must be a whole number of at least 2, found ${classes}`);
    }
    expect(poison({ classes: 4 })).toThrow(/labels must be from 0 to 3, found 4 for image 24; raise classes/);
    expect(poison({ confuse: [1, 1] })).toThrow(/two different classes from 0 to 4, found 1 and 1/);
    expect(poison({ confuse: [1, 5] })).toThrow(/found 1 and 5/);
    expect(poison({ labels: labels.subarray(0, 5) })).toThrow(/one label for each image/);
  });
});
