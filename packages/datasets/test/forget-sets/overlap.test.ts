import { createRng, type IndexSet } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { meanNeighbourCosine, overlap } from "../../src/index.ts";
import { expectForgetSet, shuffled, someTrainSet } from "./shuffled.ts";

/** Straight from the definition: all cosines of each row, sorted, the first ten averaged. */
function byDefinition(features: Float32Array, width: number): number[] {
  const rows = Array.from({ length: features.length / width }, (_, i) => [
    ...features.subarray(i * width, (i + 1) * width),
  ]);
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
  return rows.map((f, i) => {
    const cosines = rows.filter((_, j) => j !== i).map((g) => dot(f, g) / Math.sqrt(dot(f, f) * dot(g, g)));
    return (
      cosines
        .sort((a, b) => b - a)
        .slice(0, 10)
        .reduce((sum, c) => sum + c, 0) / 10
    );
  });
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("meanNeighbourCosine", () => {
  it("is 1 among copies, and by hand with one image that points the other way", () => {
    const trainSet = someTrainSet(11);
    const copies = new Float32Array(22).fill(3);
    const all = meanNeighbourCosine(trainSet, { features: copies, featureWidth: 2 });
    all.forEach((value) => expect(value).toBeCloseTo(1, 12));
    // Image 0 has 10 others, all opposite; each other image has 9 copies and the opposite: (9 - 1) / 10.
    const features = new Float32Array(11).fill(2);
    features[0] = -1;
    const one = meanNeighbourCosine(trainSet, { features, featureWidth: 1 });
    expect([...one]).toEqual([-1, ...Array.from({ length: 10 }, () => 0.8)]);
  });

  it("agrees with the definition across blocks of rows", () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 11, max: 140 }),
        fc.integer({ min: 1, max: 9 }),
        (seed, size, width) => {
          const features = createRng(seed).normals(size * width);
          const found = meanNeighbourCosine(someTrainSet(size), { features, featureWidth: width });
          // Float64 sums of up to nine products: 1e-12.
          byDefinition(features, width).forEach((value, i) =>
            expect(Math.abs(value - found[i]!)).toBeLessThan(1e-12),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it("compares 2,000 images of 128 features in seconds, without a matrix of all pairs", () => {
    const features = createRng(1).normals(2000 * 128);
    const start = performance.now();
    const scores = meanNeighbourCosine(someTrainSet(2000), { features, featureWidth: 128 });
    // About 0.3 s on one slow core; the bound is for a machine busy with other tests.
    expect(performance.now() - start).toBeLessThan(5000);
    expect(scores.every((value) => value > 0 && value < 0.6)).toBe(true);
  });
});

describe("overlap", () => {
  const size = 60;
  const width = 5;

  it("takes the images that stand alone at 0 and the densest at 1", () => {
    // A tight cluster of 20 images around (1, 0), and 5 images that look elsewhere.
    const angles = Array.from({ length: 25 }, (_, i) => (i < 20 ? i / 1000 : 1 + i / 5));
    const features = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
    const trainSet = someTrainSet(25);
    const take = (d: number) => [...overlap(trainSet, { features, featureWidth: 2, count: 5, d })];
    expect(take(0)).toEqual([...trainSet.subarray(20)]);
    // Image i = 5 to 14 has five neighbours at each side: equally dense to rounding.
    expect(take(1).every((index) => (index - 3) / 7 >= 4 && (index - 3) / 7 <= 15)).toBe(true);
  });

  it("rises with its dial: the mean overlap of the set never falls", () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: size - 1 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 }),
        (seed, count, dials) => {
          const trainSet = someTrainSet(size);
          const features = createRng(seed).normals(size * width);
          const scores = meanNeighbourCosine(trainSet, { features, featureWidth: width });
          const meanOf = (forgetSet: IndexSet): number =>
            mean([...forgetSet].map((index) => scores[(index - 3) / 7] as number));
          const means = [0, ...dials.sort((a, b) => a - b), 1].map((d) => {
            const forgetSet = overlap(trainSet, { features, featureWidth: width, count, d });
            expectForgetSet(forgetSet, trainSet, count);
            return meanOf(forgetSet);
          });
          // Means of the same images summed in the same order are equal; of others, up to rounding.
          means.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(means[i]! - 1e-12));
          if (count < size / 2) expect(means.at(-1)).toBeGreaterThan(means[0]!);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("takes the same images whatever the order of the training set, copies among them", () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: size - 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, count, d) => {
          const trainSet = someTrainSet(size);
          const rng = createRng(seed);
          // Few different values, so that many images are equally dense.
          const features = Float32Array.from({ length: size * 2 }, () => rng.integer(3) - 1);
          const other = shuffled(trainSet, features, seed);
          expect(overlap(other.trainSet, { features: other.rows, featureWidth: 2, count, d })).toEqual(
            overlap(trainSet, { features, featureWidth: 2, count, d }),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it("refuses what does not fit in one sentence", () => {
    const trainSet = someTrainSet(12);
    const good = { features: new Float32Array(24).fill(1), featureWidth: 2, count: 2, d: 0.5 };
    const forget = (options: Partial<typeof good>) => () => overlap(trainSet, { ...good, ...options });
    for (const d of [-0.1, 1.1, Number.NaN]) {
      expect(forget({ d })).toThrow(`overlap: d must be from 0 to 1, found ${d}; 0.5 takes the median.`);
    }
    for (const count of [0, 12, 13, 2.5])
      expect(forget({ count })).toThrow(/count must be a whole number from 1 to 11/);
    expect(forget({ features: new Float32Array(22) })).toThrow(/12 rows of 2 numbers \(24\).*found 22/);
    expect(forget({ features: new Float32Array(24).fill(Number.NaN) })).toThrow(
      /NaN or infinity for image 3;/,
    );
    const few = someTrainSet(10);
    expect(() => overlap(few, { ...good, features: new Float32Array(20) })).toThrow(
      /at least 11 training images, for 10 neighbours each, found 10/,
    );
  });
});
