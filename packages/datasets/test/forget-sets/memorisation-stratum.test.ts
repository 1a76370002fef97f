import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { memorisationStratum, type Stratum } from "../../src/index.ts";
import { expectForgetSet, shuffled, someTrainSet } from "./shuffled.ts";

const strata: readonly Stratum[] = ["low", "medium", "high"];

describe("memorisationStratum", () => {
  it("takes the two least, middle and most memorised of seven by hand", () => {
    const trainSet = Int32Array.of(0, 1, 2, 3, 4, 5, 6);
    const scores = [0.6, 0.1, 0.9, 0.3, 0.0, 0.8, 0.5];
    const take = (stratum: Stratum) => [...memorisationStratum(trainSet, { scores, stratum, count: 2 })];
    // Sorted: 4, 1, 3, 6, 0, 5, 2; the middle begins at rank floor(5 / 2) = 2.
    expect(take("low")).toEqual([1, 4]);
    expect(take("medium")).toEqual([3, 6]);
    expect(take("high")).toEqual([2, 5]);
  });

  it("has the asked sizes, and of a third each, disjoint strata in the order of memorisation", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 3, max: 60 }), fc.nat(), (seed, size, draw) => {
        const trainSet = someTrainSet(size);
        const scores = createRng(seed).normals(size);
        const count = 1 + (draw % Math.floor(size / 3));
        const sets = strata.map((stratum) => memorisationStratum(trainSet, { scores, stratum, count }));
        sets.forEach((set) => expectForgetSet(set, trainSet, count));
        expect(new Set(sets.flatMap((set) => [...set])).size).toBe(3 * count);
        const of = (set: Int32Array): number[] => [...set].map((index) => scores[(index - 3) / 7] as number);
        const [low, medium, high] = sets.map(of) as [number[], number[], number[]];
        expect(Math.max(...low)).toBeLessThanOrEqual(Math.min(...medium));
        expect(Math.max(...medium)).toBeLessThanOrEqual(Math.min(...high));
      }),
    );
  });

  it("takes the same images whatever the order of the training set, equal scores among them", () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 29 }),
        fc.constantFrom(...strata),
        (seed, count, stratum) => {
          const trainSet = someTrainSet(30);
          const rng = createRng(seed);
          const scores = Float32Array.from({ length: 30 }, () => rng.integer(4));
          const other = shuffled(trainSet, scores, seed);
          expect(memorisationStratum(other.trainSet, { scores: other.rows, stratum, count })).toEqual(
            memorisationStratum(trainSet, { scores, stratum, count }),
          );
        },
      ),
    );
  });

  it("refuses what does not fit in one sentence", () => {
    const trainSet = someTrainSet(3);
    const forget =
      (scores: number[], count: number, stratum = "low" as Stratum) =>
      () =>
        memorisationStratum(trainSet, { scores, stratum, count });
    expect(forget([1, 2, 3], 3)).toThrow(/count must be a whole number from 1 to 2/);
    expect(forget([1, 2], 1)).toThrow(
      "memorisationStratum: scores must hold one number for each of the 3 training images, in their order, found 2; compute them for trainSet.",
    );
    expect(forget([1, Number.NaN, 3], 1)).toThrow(/scores must be finite, found NaN for image 10/);
    expect(forget([1, 2, 3], 1, "toString" as Stratum)).toThrow(
      /stratum must be "low", "medium" or "high", found "toString"/,
    );
  });
});
