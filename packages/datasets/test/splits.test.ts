import { createRng, isLtuError } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  classForget,
  createLoadedData,
  cutSplits,
  synthetic,
  type LoadedData,
  type SplitOptions,
} from "../src/index.ts";

/** A data set of one-pixel images without a validation part, like CIFAR-10. */
function withoutVal(train: number, test: number, classes = 10): LoadedData {
  const size = train + test;
  const rng = createRng(9);
  return createLoadedData({
    name: "plain",
    imageShape: [1, 1, 1],
    classNames: Array.from({ length: classes }, (_, k) => `${k}`),
    pixels: new Uint8Array(size),
    labels: Int32Array.from(rng.permutation(size), (i) => i % classes),
    sizes: { train, test },
    normalization: { mean: [0.5], std: [0.5] },
    augmentation: "none",
  });
}

const isSorted = (set: Int32Array): boolean => set.every((value, i) => i === 0 || value > set[i - 1]!);
const perClass = ({ dataset }: LoadedData, set: Int32Array): number[] => {
  const counts = dataset.classNames.map(() => 0);
  for (const index of set) counts[dataset.labels[index] as number]! += 1;
  return counts;
};

describe("cutSplits", () => {
  it("has the sizes of the reference: 5,000 + 45,000, 4,500 forgotten, 12,150 accessible at 0.3", () => {
    const data = withoutVal(50_000, 10_000);
    const sets = cutSplits(data, { forget: 0.1, splitSeed: 1 });
    const sizes = Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, set.length]));
    expect(sizes).toEqual({
      valSet: 5000,
      trainSet: 45_000,
      testSet: 10_000,
      forgetSet: 4500,
      retainSet: 40_500,
      accessibleRetain: 12_150,
    });
  });

  it("has the sizes of cifar10-small, every class equally often in train, val and test", () => {
    const data = withoutVal(5000, 2000);
    const sets = cutSplits(data, { train: 3000, val: 1000, test: 500, forget: 300, splitSeed: 1 });
    expect(sets.accessibleRetain.length).toBe(0.3 * 2700);
    expect(sets.forgetSet.length).toBe(300);
    // Labels of the 5,000 are shuffled, so classes differ a little in size; shares hold to one image.
    const all = perClass(data, data.parts.train);
    perClass(data, sets.valSet).forEach((count, k) =>
      expect(Math.abs(count - (all[k]! * 1000) / 5000)).toBeLessThanOrEqual(1),
    );
    perClass(data, sets.trainSet).forEach((count, k) =>
      expect(Math.abs(count - (all[k]! * 3000) / 5000)).toBeLessThanOrEqual(2),
    );
  });

  it("cuts sets that are disjoint, cover, have the asked sizes, and are the same for the same seed", () => {
    fc.assert(
      fc.property(
        fc.record({
          splitSeed: fc.nat(10_000),
          train: fc.integer({ min: 2, max: 150 }),
          val: fc.integer({ min: 0, max: 50 }),
          test: fc.integer({ min: 1, max: 60 }),
          retainFraction: fc.double({ min: 0.01, max: 1, noNaN: true }),
        }),
        fc.boolean(),
        fc.nat(),
        (options, ownVal, draw) => {
          const data = ownVal
            ? synthetic({ rng: createRng(2), size: { train: 150, val: 50, test: 60 }, imageShape: [1, 1, 1] })
            : withoutVal(200, 60, 7);
          const forget = 1 + (draw % (options.train - 1));
          const sets = cutSplits(data, { ...options, forget });
          const { trainSet, valSet, testSet, forgetSet, retainSet, accessibleRetain } = sets;

          expect(trainSet.length).toBe(options.train);
          expect(valSet.length).toBe(options.val);
          expect(testSet.length).toBe(options.test);
          expect(forgetSet.length).toBe(forget);
          expect(accessibleRetain.length).toBe(
            Math.max(1, Math.round(options.retainFraction * retainSet.length)),
          );
          expect(Object.values(sets).every(isSorted)).toBe(true);
          // Train, validation and test share nothing, and each comes from its part.
          expect(new Set([...trainSet, ...valSet, ...testSet]).size).toBe(
            trainSet.length + valSet.length + testSet.length,
          );
          const parts = [data.parts.train, data.parts.val ?? data.parts.train, data.parts.test];
          [trainSet, valSet, testSet].forEach((set, i) => {
            const part = new Set(parts[i]);
            expect(set.every((index) => part.has(index))).toBe(true);
          });
          // Forgotten and retained cover the training set exactly.
          expect([...forgetSet, ...retainSet].sort((a, b) => a - b)).toEqual([...trainSet]);
          const retained = new Set(retainSet);
          expect(accessibleRetain.every((index) => retained.has(index))).toBe(true);

          expect(cutSplits(data, { ...options, forget })).toEqual(sets);
        },
      ),
    );
  });

  it("depends on splitSeed and labels alone: not on pixels, names, or how often it was asked", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(255), fc.boolean(), (splitSeed, pixel, ownVal) => {
        const make = (name: string, value: number): LoadedData =>
          createLoadedData({
            name,
            imageShape: [1, 1, 1],
            classNames: ["a", "b", "c"].map((letter) => `${name}-${letter}`),
            pixels: new Uint8Array(120).fill(value),
            labels: Int32Array.from({ length: 120 }, (_, i) => i % 3),
            sizes: ownVal ? { train: 80, val: 20, test: 20 } : { train: 100, test: 20 },
            normalization: { mean: [value / 255], std: [1] },
            augmentation: "none",
          });
        const cut = (data: LoadedData, seed: number) =>
          cutSplits(data, { splitSeed: seed, forget: 0.2, train: 60, val: 10, test: 10 });
        const sets = cut(make("one", 7), splitSeed);
        cut(make("one", 7), splitSeed + 1);
        expect(cut(make("other", pixel), splitSeed)).toEqual(sets);
        expect(cut(make("one", 7), splitSeed + 1)).not.toEqual(sets);
      }),
      { numRuns: 50 },
    );
  });

  // Public code cut the forget set from the split of one seed and trained on that of another.
  it("forgets only what the original was trained on, whatever is forgotten", () => {
    const data = withoutVal(1000, 100);
    const cut = (forget: number, retainFraction: number) =>
      cutSplits(data, { forget, retainFraction, splitSeed: 3 });
    const base = cut(0.1, 0.3);
    for (const [forget, retainFraction] of [
      [0.5, 0.3],
      [7, 0.3],
      [0.1, 1],
    ] as const) {
      const other = cut(forget, retainFraction);
      expect(other.trainSet).toEqual(base.trainSet);
      expect(other.valSet).toEqual(base.valSet);
      expect(other.testSet).toEqual(base.testSet);
      const trained = new Set(base.trainSet);
      expect(other.forgetSet.every((index) => trained.has(index))).toBe(true);
    }
    const another = cutSplits(data, { forget: 0.1, splitSeed: 4 });
    for (const name of ["trainSet", "valSet", "forgetSet", "accessibleRetain"] as const) {
      expect(another[name]).not.toEqual(base[name]);
    }
  });

  it("draws what is forgotten and what is accessible by splitSeed, also from one and the same training set", () => {
    const data = synthetic({
      rng: createRng(2),
      size: { train: 60, val: 10, test: 10 },
      imageShape: [1, 1, 1],
    });
    const all = Array.from({ length: 20 }, (_, splitSeed) => cutSplits(data, { forget: 12, splitSeed }));
    for (const { trainSet, valSet, testSet } of all) {
      expect([trainSet, valSet, testSet]).toEqual([data.parts.train, data.parts.val, data.parts.test]);
    }
    for (const name of ["forgetSet", "accessibleRetain"] as const) {
      expect(new Set(all.map((sets) => sets[name].join())).size).toBe(20);
    }
    // Of one forget set, the accessible images are drawn by the seed too.
    const forget = (trainSet: Int32Array) => trainSet.subarray(0, 12);
    const accessible = [1, 2].map((splitSeed) => cutSplits(data, { forget, splitSeed }).accessibleRetain);
    expect(accessible[0]).not.toEqual(accessible[1]);
  });

  it("takes a forget set chosen from the training set, sorted, and cuts the other sets as ever", () => {
    const data = withoutVal(200, 20);
    const { labels } = data.dataset;
    const base = cutSplits(data, { forget: 10, splitSeed: 3 });
    const sets = cutSplits(data, {
      forget: (trainSet) => classForget(trainSet, { labels, class: 3 }).reverse(),
      splitSeed: 3,
    });
    expect(sets.trainSet).toEqual(base.trainSet);
    expect(sets.forgetSet).toEqual(base.trainSet.filter((index) => labels[index] === 3));
    expect(sets.retainSet).toEqual(base.trainSet.filter((index) => labels[index] !== 3));
  });

  it("refuses a chosen forget set that is empty, everything, repeated or not trained on", () => {
    const data = withoutVal(100, 10);
    const cut = (forget: (trainSet: Int32Array) => Int32Array) => () =>
      cutSplits(data, { forget, splitSeed: 1 });
    expect(cut(() => new Int32Array(0))).toThrow(
      "cutSplits: forget must choose at least one and fewer than all 90 training images, each once, found 0 different images in 0 positions; choose from the trainSet it is given.",
    );
    expect(cut((trainSet) => trainSet)).toThrow(/found 90 different images in 90 positions/);
    expect(cut((trainSet) => Int32Array.of(trainSet[0]!, trainSet[0]!))).toThrow(
      /found 1 different images in 2/,
    );
    expect(cut(() => data.parts.test)).toThrow(/found image 100;/);
  });

  it("makes all of the retain set accessible at retainFraction 1", () => {
    const { retainSet, accessibleRetain } = cutSplits(withoutVal(100, 10), {
      forget: 10,
      retainFraction: 1,
      splitSeed: 1,
    });
    expect(accessibleRetain).toEqual(retainSet);
  });

  it("names the option that does not fit", () => {
    const data = withoutVal(100, 10);
    const cases: [Partial<SplitOptions>, RegExp][] = [
      [{ retainFraction: 0 }, /retainFraction must be above 0 and at most 1, found 0;/],
      [{ retainFraction: 1.01 }, /retainFraction/],
      [{ retainFraction: -0.5 }, /retainFraction/],
      [{ retainFraction: Number.NaN }, /retainFraction/],
      [{ forget: 0 }, /forget set must hold at least 1/],
      [{ forget: 90 }, /fewer than all 90 training images, found 90/],
      [{ forget: 1000 }, /found 1000/],
      [{ train: 91 }, /train must be a whole number from 1 to the 90 images there are for it, found 91/],
      [{ train: 0 }, /train/],
      [{ train: 10.5 }, /train/],
      [{ val: 101 }, /val must be a whole number from 0 to the 100 images/],
      [{ val: 100 }, /train must be a whole number from 1 to the 0 images/],
      [{ test: 11 }, /test must be a whole number from 1 to the 10 images/],
      [{ splitSeed: -1 }, /seed/],
    ];
    for (const [options, message] of cases) {
      let error: unknown;
      try {
        cutSplits(data, { forget: 10, splitSeed: 1, ...options });
      } catch (caught) {
        error = caught;
      }
      expect(isLtuError(error) && error.code).toBe("OPTION");
      expect((error as Error).message).toMatch(message);
    }
  });
});
