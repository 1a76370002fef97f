import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { requestStream } from "../../src/index.ts";
import { expectForgetSet, someTrainSet } from "./shuffled.ts";

const sizesArbitrary = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 10 });

describe("requestStream", () => {
  it("gives disjoint requests of the asked sizes, whose union is the cumulative forget set", () => {
    fc.assert(
      fc.property(fc.nat(1000), sizesArbitrary, (seed, sizes) => {
        const trainSet = someTrainSet(100);
        const stream = requestStream(trainSet, { sizes, rng: createRng(seed) });
        expect(stream.length).toBe(sizes.length);
        const union: number[] = [];
        stream.forEach(({ request, cumulative }, i) => {
          expectForgetSet(request, trainSet, sizes[i] as number);
          union.push(...request);
          expect(new Set(union).size).toBe(union.length);
          expect([...cumulative]).toEqual(union.toSorted((a, b) => a - b));
        });
      }),
    );
  });

  it("depends on its seed alone, and a longer stream begins with the shorter one", () => {
    fc.assert(
      fc.property(fc.nat(1000), sizesArbitrary, (seed, sizes) => {
        const trainSet = someTrainSet(100);
        const stream = requestStream(trainSet, { sizes, rng: createRng(seed) });
        const order = createRng(seed + 1).permutation(100);
        const other = order.map((row) => trainSet[row] as number);
        expect(requestStream(other, { sizes, rng: createRng(seed) })).toEqual(stream);
        const longer = requestStream(trainSet, { sizes: [...sizes, 5], rng: createRng(seed) });
        expect(longer.slice(0, -1)).toEqual(stream);
      }),
    );
    const first = (seed: number) => requestStream(someTrainSet(100), { sizes: [20], rng: createRng(seed) });
    expect(first(1)).not.toEqual(first(2));
  });

  it("refuses requests that are empty, or use up the training set", () => {
    const forget =
      (...sizes: number[]) =>
      () =>
        requestStream(someTrainSet(10), { sizes, rng: createRng(1) });
    expect(forget()).toThrow(/less than the 10 training images, found none; ask for other sizes/);
    expect(forget(5, 5)).toThrow(/found a sum of 10/);
    for (const size of [0, -1, 1.5, Number.NaN])
      expect(forget(2, size)).toThrow(new RegExp(`found ${size};`));
    expect(() => requestStream(Int32Array.of(1, 1, 2), { sizes: [1], rng: createRng(1) })).toThrow(
      /each image once/,
    );
  });
});
