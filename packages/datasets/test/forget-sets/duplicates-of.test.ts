import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { duplicatesOf } from "../../src/index.ts";
import { expectForgetSet, shuffled, someTrainSet } from "./shuffled.ts";

const degrees = (...angles: number[]): Float32Array =>
  Float32Array.from(
    angles.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
  );

const options = { featureWidth: 2, threshold: Math.cos((2 * Math.PI) / 180) };

describe("duplicatesOf", () => {
  it("forgets one of each pair, pairing the nearest first, and leaves its twin", () => {
    // 0 and 1.5 degrees are near, but 1.5 and 2 are nearer: the pair is (1.5, 2), and 0 stays out. 90 and 91 pair.
    const trainSet = Int32Array.of(10, 11, 12, 13, 14, 15);
    const features = degrees(0, 1.5, 2, 90, 180, 91);
    for (let seed = 0; seed < 5; seed++) {
      const { forgetSet, twins } = duplicatesOf(trainSet, { ...options, features, rng: createRng(seed) });
      const pairs = [...forgetSet].map((index, i) =>
        [index, twins[i] as number].sort((a, b) => a - b).join(),
      );
      expect(pairs.sort()).toEqual(["11,12", "13,15"]);
    }
  });

  it("draws which image of a pair stays, and which pairs are taken", () => {
    const trainSet = Int32Array.of(0, 1, 2, 3);
    const features = degrees(0, 0, 90, 90);
    const seen = Array.from({ length: 40 }, (_, seed) =>
      duplicatesOf(trainSet, { ...options, features, count: 1, rng: createRng(seed) }).forgetSet.join(),
    );
    expect([...new Set(seen)].sort()).toEqual(["0", "1", "2", "3"]);
  });

  it("leaves a near-duplicate of every forgotten image, whatever the order of the training set", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 40, max: 90 }), (seed, size) => {
        const trainSet = someTrainSet(size);
        const rng = createRng(seed);
        const angles = Array.from({ length: size }, () => rng.uniform() * 360);
        const features = degrees(...angles);
        const found = duplicatesOf(trainSet, { ...options, features, rng: createRng(seed) });
        const { forgetSet, twins } = found;
        expectForgetSet(forgetSet, trainSet, twins.length);
        expectForgetSet(twins, trainSet, forgetSet.length);
        expect(new Set([...forgetSet, ...twins]).size).toBe(2 * forgetSet.length);
        forgetSet.forEach((index, i) => {
          const apart = Math.abs(angles[(index - 3) / 7]! - angles[(twins[i]! - 3) / 7]!);
          // Features are float32: a hundredth of a degree.
          expect(Math.min(apart, 360 - apart)).toBeLessThan(2.01);
        });
        const other = shuffled(trainSet, features, seed);
        expect(
          duplicatesOf(other.trainSet, { ...options, features: other.rows, rng: createRng(seed) }),
        ).toEqual(found);
        const one = duplicatesOf(trainSet, { ...options, features, count: 1, rng: createRng(seed) });
        expect(one.forgetSet.length).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses what does not fit in one sentence", () => {
    const trainSet = Int32Array.of(0, 1, 2, 3);
    const features = degrees(0, 1, 90, 180);
    const forget = (more: object) => () =>
      duplicatesOf(trainSet, { ...options, features, rng: createRng(1), ...more });
    expect(forget({ count: 2 })).toThrow(
      /count must be a whole number from 1 to the 1 pairs with a cosine above 0\.99.*, found 2; ask for fewer or lower the threshold\./,
    );
    expect(forget({ count: 0 })).toThrow(/found 0/);
    expect(forget({ threshold: 0.999999 })).toThrow(/from 1 to the 0 pairs/);
    for (const threshold of [0, 1, -1, 2, Number.NaN]) {
      expect(forget({ threshold })).toThrow(`threshold must be above 0 and below 1, found ${threshold};`);
    }
    expect(forget({ features: features.subarray(1) })).toThrow(/features must hold 4 rows/);
    expect(forget({ features: new Float32Array(8).fill(Number.NaN) })).toThrow(/features must be finite/);
  });

  it("refuses a threshold that calls everything a duplicate", () => {
    const size = 2100;
    const features = new Float32Array(size).fill(1);
    expect(() =>
      duplicatesOf(someTrainSet(size), { features, featureWidth: 1, threshold: 0.5, rng: createRng(1) }),
    ).toThrow(/at most 2000000 pairs lie above it, found more at 0\.5; raise it/);
  });
});
