import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { classForget } from "../../src/index.ts";
import { expectForgetSet } from "./shuffled.ts";

describe("classForget", () => {
  it("takes every training image of the class and no other image", () => {
    const labels = Int32Array.of(2, 0, 2, 1, 2, 2);
    expect([...classForget(Int32Array.of(5, 1, 3, 0), { labels, class: 2 })]).toEqual([0, 5]);
  });

  it("forgets and retains exactly by the label, in any order of the training set", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 6, max: 80 }), (seed, size) => {
        const rng = createRng(seed);
        const labels = Int32Array.from({ length: size }, (_, i) => (i < 3 ? i : rng.integer(3)));
        const trainSet = Int32Array.from({ length: size - 1 }, (_, i) => i);
        const forgetSet = classForget(trainSet, { labels, class: 1 });
        expectForgetSet(forgetSet, trainSet, trainSet.filter((index) => labels[index] === 1).length);
        expect(forgetSet.every((index) => labels[index] === 1)).toBe(true);
        const order = rng.permutation(trainSet.length);
        expect(classForget(order, { labels, class: 1 })).toEqual(forgetSet);
      }),
    );
  });

  it("refuses a class that is absent or alone, and labels or training sets that do not fit", () => {
    const labels = Int32Array.of(0, 0, 1);
    const forget = (trainSet: number[], wanted: number) => () =>
      classForget(Int32Array.from(trainSet), { labels, class: wanted });
    expect(forget([0, 1, 2], 7)).toThrow(
      "classForget: class must be one of at least two classes in trainSet, found class 7 and images of classes 0, 1; name a class that is there beside others.",
    );
    expect(forget([0, 1], 0)).toThrow(/found class 0 and images of class 0;/);
    expect(forget([0, 1], 1)).toThrow(/found class 1/);
    expect(forget([0, 2], Number.NaN)).toThrow(/found class NaN/);
    expect(forget([0, 2, 3], 0)).toThrow(
      /labels must hold one label for each image.*3 labels and training image 3/,
    );
    expect(forget([0, 2, -1], 0)).toThrow(/training image -1/);
    expect(forget([0, 2, 0], 0)).toThrow(
      /trainSet must name each image once, found 2 different images in 3 positions/,
    );
    expect(forget([], 0)).toThrow(/trainSet must hold images, found none/);
    const many = Int32Array.from({ length: 30 }, (_, i) => i);
    expect(() => classForget(many, { labels: many, class: 40 })).toThrow(
      /classes 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \.\.\.;/,
    );
  });
});
