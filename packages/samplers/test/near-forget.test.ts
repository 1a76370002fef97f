import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { describeSampler } from "../src/contract/index.ts";
import { nearForget, type SamplerStatistics } from "../src/index.ts";

const take = (candidates: number[], count: number, statistics: Partial<SamplerStatistics>): number[] =>
  Array.from(
    nearForget(Int32Array.from(candidates), count, {
      rng: createRng(1),
      statistics: { labels: [], ...statistics },
    }),
  );

describe("nearForget", () => {
  describeSampler(nearForget, { drawsAtRandom: false });

  it("measures angles, not lengths, to the nearest of the support samples", () => {
    // Samples 0 to 3 point at 0, 30, 80 and 180 degrees, with other lengths; support at 10 and 80 degrees.
    const directions = [
      [0, 5],
      [30, 0.1],
      [80, 3],
      [180, 1],
      [10, 2],
      [80, 0.01],
    ].map(([degrees, length]) => [(degrees! * Math.PI) / 180, length!] as const);
    const features = Float32Array.from(
      directions.flatMap(([angle, length]) => [length * Math.cos(angle), length * Math.sin(angle)]),
    );
    const statistics = { features, featureWidth: 2, support: Int32Array.of(4, 5) };
    expect(take([3, 1, 0, 2], 4, statistics)).toEqual([2, 0, 1, 3]);
    expect(take([3, 1, 0, 2], 1, statistics)).toEqual([2]);
  });

  it("takes equal candidates in their order, and features of length zero between near and far", () => {
    const features = Float32Array.of(1, 0, 2, 0, 0, 0, -1, 0, 3, 0);
    const statistics = { features, featureWidth: 2, support: Int32Array.of(4) };
    expect(take([3, 2, 1, 0], 4, statistics)).toEqual([1, 0, 2, 3]);
  });

  it("agrees with the definition", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 11 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        (featureWidth, supportSize, size, seed) => {
          const features = createRng(seed).normals((size + supportSize) * featureWidth);
          const support = Int32Array.from({ length: supportSize }, (_, i) => size + i);
          const rowOf = (i: number): number[] => [
            ...features.subarray(i * featureWidth, (i + 1) * featureWidth),
          ];
          const product = (a: number[], b: number[]): number => a.reduce((t, v, k) => t + v * b[k]!, 0);
          const cosine = (a: number[], b: number[]): number =>
            product(a, b) / Math.sqrt(product(a, a) * product(b, b));
          const distances = Array.from({ length: size }, (_, i) =>
            Math.min(...Array.from(support, (s) => 1 - cosine(rowOf(i), rowOf(s)))),
          );
          const drawn = take([...distances.keys()], size, { features, featureWidth, support });
          drawn.slice(1).forEach((index, i) => {
            expect(distances[index]! - distances[drawn[i]!]!).toBeGreaterThan(-1e-12);
          });
        },
      ),
    );
  });

  it("says which statistic is missing or wrong", () => {
    const fine = { features: Float32Array.of(1, 2), featureWidth: 1, support: Int32Array.of(1) };
    const run =
      (changes: Partial<SamplerStatistics>): (() => unknown) =>
      () =>
        take([0], 1, { ...fine, ...changes });
    expect(run({ features: undefined })).toThrow("must hold features and a featureWidth");
    expect(run({ featureWidth: 0 })).toThrow("found featureWidth 0");
    expect(run({ support: new Int32Array(0) })).toThrow("support with at least one sample to forget");
    expect(run({ support: Int32Array.of(2) })).toThrow("found undefined at index 2");
    expect(run({ features: Float32Array.of(Number.NaN, 1) })).toThrow("found NaN at index 0");
  });
});
