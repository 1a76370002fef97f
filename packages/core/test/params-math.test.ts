import { tensor1d, tensor2d, type Tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  addScaledParams,
  disposeParams,
  dotParams,
  gramian,
  normParams,
  scaleParams,
  weightedSumParams,
  type Params,
} from "../src/index.ts";

/** Relative error of a float32 sum of some tens of products. */
const tolerance = 1e-5;

/** Numbers of both signs, as float32 holds them, times a scale. */
const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 20 });
const scales = fc.constantFrom(1e-20, 1e-8, 1, 1e8, 1e20);

function tree(values: readonly number[], scale: number): Params {
  const scaled = values.map((value) => (value / 1000) * scale);
  return { first: tensor1d(scaled), second: tensor2d(scaled.map((value) => [value * 0.5])) };
}

async function read(params: Params): Promise<number[]> {
  const parts = await Promise.all(Object.values(params).map((tensor: Tensor) => tensor.data()));
  return parts.flatMap((part) => Array.from(part));
}

/** The inner product in float64 of what float32 holds. */
async function reference(a: Params, b: Params): Promise<{ dot: number; size: number }> {
  const [x, y] = [await read(a), await read(b)];
  const products = x.map((value, i) => value * (y[i] as number));
  return {
    dot: products.reduce((sum, product) => sum + product, 0),
    size: products.reduce((sum, product) => sum + Math.abs(product), 0),
  };
}

describe("dotParams", () => {
  it("is the sum over all parameters", async () => {
    const a = { x: tensor1d([1, 2]), y: tensor1d([3]) };
    const b = { y: tensor1d([10]), x: tensor1d([5, -1]) };

    expect(await dotParams(a, b)).toBeCloseTo(1 * 5 - 2 + 30, 5);

    disposeParams(a);
    disposeParams(b);
  });

  it("leaves out parameters that hold no number", async () => {
    const some = { bias: tensor1d([]), kernel: tensor1d([3, 4]) };
    const none = { bias: tensor1d([]) };

    expect(await dotParams(some, some)).toBeCloseTo(25, 5);
    expect(await normParams(none)).toBe(0);
    expect([...(await gramian([none, none]))]).toEqual([0, 0, 0, 0]);

    disposeParams(some);
    disposeParams(none);
  });

  it("agrees with float64 at scales from 1e-20 to 1e20, also mixed", async () => {
    await fc.assert(
      fc.asyncProperty(numbers, numbers, scales, scales, async (left, right, leftScale, rightScale) => {
        const length = Math.min(left.length, right.length);
        const a = tree(left.slice(0, length), leftScale);
        const b = tree(right.slice(0, length), rightScale);

        const dot = await dotParams(a, b);

        const { dot: expected, size } = await reference(a, b);
        disposeParams(a);
        disposeParams(b);
        expect(Math.abs(dot - expected)).toBeLessThanOrEqual(tolerance * size);
      }),
      { numRuns: 60 },
    );
  });

  it("is symmetric", async () => {
    const a = tree([1, -20, 300], 1e-20);
    const b = tree([7, 50, -2], 1e20);

    expect(await dotParams(a, b)).toBe(await dotParams(b, a));

    disposeParams(a);
    disposeParams(b);
  });

  it("is 0 for zero trees and for trees without parameters", async () => {
    const zero = tree([0, 0], 1);
    const other = tree([5, 6], 1e20);

    expect(await dotParams(zero, other)).toBe(0);
    expect(await dotParams({}, {})).toBe(0);

    disposeParams(zero);
    disposeParams(other);
  });

  it("names the parameter that one tree lacks", async () => {
    const a = { x: tensor1d([1]) };
    const b = { y: tensor1d([1]) };

    await expect(dotParams(a, b)).rejects.toMatchObject({ code: "SHAPE" });

    disposeParams(a);
    disposeParams(b);
  });
});

describe("normParams", () => {
  it.each([1e-20, 1, 1e20])("is 5 times %d for (3, 4) times it", async (scale) => {
    const params = { x: tensor1d([3 * scale]), y: tensor1d([0, 4 * scale]) };

    expect((await normParams(params)) / scale).toBeCloseTo(5, 5);

    disposeParams(params);
  });

  it("is 0 for a zero tree", async () => {
    const params = { x: tensor1d([0, 0]) };
    expect(await normParams(params)).toBe(0);
    disposeParams(params);
  });

  it("counts a small parameter beside a large one that is zero", async () => {
    const params = { x: tensor1d([0]), y: tensor1d([1e-20]) };
    expect((await normParams(params)) * 1e20).toBeCloseTo(1, 5);
    disposeParams(params);
  });
});

describe("gramian", () => {
  it("holds all inner products, by hand", async () => {
    const trees = [{ x: tensor1d([1, 0]) }, { x: tensor1d([1, 2]) }, { x: tensor1d([0, 0]) }];

    expect(Array.from(await gramian(trees))).toEqual([1, 1, 0, 1, 5, 0, 0, 0, 0]);

    trees.forEach(disposeParams);
  });

  it("is symmetric with the squared norms on its diagonal", async () => {
    const trees = [tree([1, 2, 3], 1e-20), tree([-4, 5, 6], 1), tree([7, -8, 9], 1e20)];

    const gram = await gramian(trees);

    for (let i = 0; i < 3; i++) {
      const norm = await normParams(trees[i] as Params);
      expect((gram[i * 3 + i] as number) / norm ** 2).toBeCloseTo(1, 5);
      for (let j = 0; j < 3; j++) expect(gram[i * 3 + j]).toBe(gram[j * 3 + i]);
    }
    trees.forEach(disposeParams);
  });
});

describe("scaleParams, addScaledParams and weightedSumParams", () => {
  it("do what their formulas say, by hand", async () => {
    const a = { x: tensor1d([1, -2]) };
    const b = { x: tensor1d([10, 20]) };

    const scaled = scaleParams(a, 3);
    const added = addScaledParams(a, b, -0.5);
    const summed = weightedSumParams([a, b], [2, 0.1]);

    expect(await read(scaled)).toEqual([3, -6]);
    expect(await read(added)).toEqual([-4, -12]);
    expect((await read(summed)).map((value) => Math.round(value * 1e4) / 1e4)).toEqual([3, -2]);
    for (const params of [a, b, scaled, added, summed]) disposeParams(params);
  });

  it("give tensors of their own, also for a single weight of 1", async () => {
    const a = { x: tensor1d([1, -2]) };

    const same = weightedSumParams([a], [1]);
    disposeParams(a);

    expect(await read(same)).toEqual([1, -2]);
    disposeParams(same);
  });

  it("leave trees with weight 0 out, even where they are not finite", async () => {
    const a = { x: tensor1d([1, -2]) };
    const broken = { x: tensor1d([Number.NaN, Number.POSITIVE_INFINITY]) };

    const summed = weightedSumParams([a, broken], [1, 0]);
    const nothing = weightedSumParams([a, broken], [0, 0]);

    expect(await read(summed)).toEqual([1, -2]);
    expect(await read(nothing)).toEqual([0, 0]);
    for (const params of [a, broken, summed, nothing]) disposeParams(params);
  });
});
