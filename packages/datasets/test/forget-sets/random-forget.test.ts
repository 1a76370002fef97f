import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { randomForget } from "../../src/index.ts";

const trainSet = Int32Array.from({ length: 200 }, (_, i) => 3 * i + 1);

describe("randomForget", () => {
  it("takes a count or a share, sorted, distinct and from the training set", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 199 }), (seed, count) => {
        const rng = createRng(seed);
        const forgetSet = randomForget(trainSet, count, { rng });
        expect(forgetSet.length).toBe(count);
        expect([...new Set(forgetSet)].sort((a, b) => a - b)).toEqual([...forgetSet]);
        const allowed = new Set(trainSet);
        expect(forgetSet.every((index) => allowed.has(index))).toBe(true);
      }),
    );
    expect(randomForget(trainSet, 0.1, { rng: createRng(1) }).length).toBe(20);
  });

  it("holds a smaller forget set of the same stream", () => {
    const large = new Set(randomForget(trainSet, 50, { rng: createRng(4).split("forget") }));
    const small = randomForget(trainSet, 20, { rng: createRng(4).split("forget") });
    expect(small.every((index) => large.has(index))).toBe(true);
  });

  it("takes the same images whatever the order of the training set: those of the stream's own choice", () => {
    const order = createRng(2).permutation(200);
    const other = order.map((row) => trainSet[row] as number);
    const forgetSet = randomForget(other, 30, { rng: createRng(5) });
    expect(forgetSet).toEqual(createRng(5).choice(trainSet, 30).sort());
  });

  it("draws every image equally often", () => {
    const counts = new Map<number, number>();
    const runs = 400;
    for (let seed = 0; seed < runs; seed++) {
      for (const index of randomForget(trainSet, 100, { rng: createRng(seed) })) {
        counts.set(index, (counts.get(index) ?? 0) + 1);
      }
    }
    // Binomial with mean 200 and standard deviation 10: five deviations.
    for (const index of trainSet) expect(Math.abs((counts.get(index) ?? 0) - 200)).toBeLessThan(50);
  });

  it("refuses to forget nothing, everything or more", () => {
    for (const forget of [0, -1, 200, 201, 1.5, 0.001, 0.999, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => randomForget(trainSet, forget, { rng: createRng(1) }), `${forget}`).toThrow(
        /randomForget: the forget set must hold at least 1 and fewer than all 200 training images, found/,
      );
    }
  });
});
