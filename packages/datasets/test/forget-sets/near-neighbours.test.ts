import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { nearNeighbours } from "../../src/index.ts";
import { expectForgetSet, shuffled, someTrainSet } from "./shuffled.ts";

describe("nearNeighbours", () => {
  it("orders by the angle and not by the length", () => {
    // Degrees 0, 90, 45 (long), 30 (short), 180.
    const features = Float32Array.of(1, 0, 0, 5, 100, 100, 0.003, 0.001732, -2, 0);
    const trainSet = Int32Array.of(8, 6, 4, 2, 0);
    const near = (count: number) => nearNeighbours(trainSet, { features, featureWidth: 2, count, around: 8 });
    expect([...near(4)]).toEqual([8, 2, 4, 6]);
    expect([...near(1)]).toEqual([8]);
  });

  it("puts the image in the middle first, also before its copies, and rows of zeros at cosine 0", () => {
    const features = Float32Array.of(1, 2, 1, 2, -1, -2, 0, 0);
    const trainSet = Int32Array.of(1, 2, 3, 4);
    const options = { features, featureWidth: 2, count: 3 };
    expect([...nearNeighbours(trainSet, { ...options, around: 2 })]).toEqual([2, 1, 4]);
    expect([...nearNeighbours(trainSet, { ...options, around: 4 })]).toEqual([4, 1, 2]);
  });

  it("takes count images that are no farther than any other, whatever the order of the training set", () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(),
        (seed, size, width, draw) => {
          const trainSet = someTrainSet(size);
          const features = createRng(seed).normals(size * width);
          const count = 1 + (draw % (size - 1));
          const options = { features, featureWidth: width, count };
          const near = nearNeighbours(trainSet, { ...options, around: createRng(seed) });
          expectForgetSet(near, trainSet, count);
          expect(nearNeighbours(trainSet, { ...options, around: near[0] as number })).toEqual(near);

          const cosine = (image: number): number => {
            const row = (index: number) =>
              features.subarray(((index - 3) / 7) * width, ((index - 3) / 7 + 1) * width);
            const [f, g] = [row(image), row(near[0] as number)];
            const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
            return dot(f, g) / Math.sqrt(dot(f, f) * dot(g, g));
          };
          const taken = new Set(near);
          const farthest = Math.min(...[...near].map(cosine));
          const left = trainSet.filter((index) => !taken.has(index));
          // Rounding of two sums in different order: 1e-12.
          expect([...left].every((index) => cosine(index) <= farthest + 1e-12)).toBe(true);

          const other = shuffled(trainSet, features, seed);
          expect(
            nearNeighbours(other.trainSet, { ...options, features: other.rows, around: createRng(seed) }),
          ).toEqual(near);
        },
      ),
    );
  });

  it("draws every image as the middle", () => {
    const trainSet = someTrainSet(5);
    const options = { features: new Float32Array(5).fill(1), featureWidth: 1, count: 1 };
    const middles = Array.from({ length: 60 }, (_, seed) =>
      nearNeighbours(trainSet, { ...options, around: createRng(seed) }).join(),
    );
    expect(new Set(middles).size).toBe(5);
  });

  it("refuses what does not fit in one sentence", () => {
    const trainSet = someTrainSet(4);
    const good = { features: new Float32Array(8).fill(1), featureWidth: 2, count: 2, around: 3 };
    const forget = (options: Partial<typeof good>) => () => nearNeighbours(trainSet, { ...good, ...options });
    for (const count of [0, 4, 5, -1, 1.5, Number.NaN]) {
      expect(forget({ count })).toThrow(
        `nearNeighbours: count must be a whole number from 1 to 3, so that some of the 4 training images stay, found ${count}; ask for fewer or give a larger training set.`,
      );
    }
    expect(forget({ around: 4 })).toThrow(/around must be a training image, found 4/);
    expect(forget({ featureWidth: 0 })).toThrow(/featureWidth must be a whole number of at least 1, found 0/);
    expect(forget({ featureWidth: 3 })).toThrow(
      /features must hold 4 rows of 3 numbers \(12\), one for each image of trainSet, found 8/,
    );
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(forget({ features: Float32Array.of(1, 1, 1, 1, 1, bad, 1, 1) })).toThrow(
        /found a row with NaN or infinity for image 17;/,
      );
    }
  });
});
