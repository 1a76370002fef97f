import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { classForget, subClassForget } from "../../src/index.ts";

// CIFAR-10: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.
const vehicles = new Set([0, 1, 8, 9]);

describe("subClassForget", () => {
  it("takes the automobiles among the vehicles of CIFAR-10", () => {
    const labels = Int32Array.of(1, 3, 9, 1, 0, 1);
    const coarseLabels = labels.map((fine) => (vehicles.has(fine) ? 1 : 0));
    const forgetSet = subClassForget(Int32Array.of(0, 1, 2, 3, 4), { labels, coarseLabels, class: 1 });
    expect([...forgetSet]).toEqual([0, 3]);
  });

  it("takes what classForget takes, and leaves images of the same coarse class", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 0, max: 9 }), (seed, wanted) => {
        const rng = createRng(seed);
        const labels = Int32Array.from({ length: 60 }, (_, i) => (i < 10 ? i : rng.integer(10)));
        const coarseLabels = labels.map((fine) => (vehicles.has(fine) ? 1 : 0));
        const trainSet = rng.permutation(60);
        const forgetSet = subClassForget(trainSet, { labels, coarseLabels, class: wanted });
        expect(forgetSet).toEqual(classForget(trainSet, { labels, class: wanted }));
        const forgotten = new Set(forgetSet);
        const coarse = vehicles.has(wanted) ? 1 : 0;
        expect(trainSet.some((index) => !forgotten.has(index) && coarseLabels[index] === coarse)).toBe(true);
      }),
    );
  });

  it("refuses a class that is absent, in two coarse classes, or all of its coarse class", () => {
    const trainSet = Int32Array.of(0, 1, 2, 3);
    const labels = Int32Array.of(0, 0, 1, 2);
    const forget = (coarse: number[], wanted: number) => () =>
      subClassForget(trainSet, { labels, coarseLabels: Int32Array.from(coarse), class: wanted });
    expect(forget([0, 0, 0, 1], 5)).toThrow(/^subClassForget: class must be .*found class 5/);
    expect(forget([0, 1, 0, 1], 0)).toThrow(
      "subClassForget: class 0 must lie in one coarse class, found images of it in 0 and 1; check coarseLabels.",
    );
    expect(forget([0, 0, 0, 1], 2)).toThrow(
      /coarse class 1 must hold fine classes that stay, found only class 2; use classForget/,
    );
    expect(forget([0, 0, 0], 0)).toThrow(/coarseLabels must hold one label for each image/);
  });
});
