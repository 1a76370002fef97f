import { tensor, tensor1d } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng, disposeParams, type Params } from "@ltu/core";

import { saliencyGradient, saliencyMask } from "../src/index.ts";
import { forgetSet, model, source } from "./run-tiny.ts";

/** The mask of a tree given as lists, as lists. */
async function maskOf(lists: readonly (readonly number[])[], density: number): Promise<number[][]> {
  const gradient: Params = Object.fromEntries(lists.map((list, i) => [`p${i}`, tensor1d([...list])]));
  try {
    const mask = await saliencyMask(gradient, { density });
    const found: number[][] = [];
    for (const part of Object.values(mask)) found.push(Array.from(await part.data()));
    disposeParams(mask);
    return found;
  } finally {
    disposeParams(gradient);
  }
}

describe("saliencyMask", () => {
  it("by hand: keeps the half with the largest magnitudes, over all tensors together", async () => {
    expect(await maskOf([[0.1, -0.5, 0.3, 0.2]], 0.5)).toEqual([[0, 1, 1, 0]]);
    expect(await maskOf([[0.1, -0.5], [0.3], [0.2]], 0.5)).toEqual([[0, 1], [1], [0]]);
  });

  it("keeps the first of equal magnitudes", async () => {
    expect(await maskOf([[1, -1, 1], [1]], 0.5)).toEqual([[1, 1, 0], [0]]);
    expect(await maskOf([[0, 0, 2, 0]], 0.75)).toEqual([[1, 1, 1, 0]]);
  });

  it("counts in double precision as the reference does: 90 x 0.7 is 62", async () => {
    const [bits] = await maskOf([Array.from({ length: 90 }, (_, i) => i)], 0.7);
    expect(bits?.reduce((sum, bit) => sum + bit)).toBe(62);
  });

  it("keeps floor(n density), none smaller than one it drops, and more with more density", async () => {
    const values = fc.float({ min: -1, max: 1, noNaN: true });
    const trees = fc.array(fc.array(values, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 });
    const density = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(trees, density, density, async (lists, one, other) => {
        const flat = lists.flat().map((value) => Math.abs(Math.fround(value)));
        const mask = (await maskOf(lists, one)).flat();
        expect(mask.filter((bit) => bit === 1)).toHaveLength(Math.floor(flat.length * one));
        const kept = flat.filter((_, i) => mask[i] === 1);
        const dropped = flat.filter((_, i) => mask[i] === 0);
        expect(Math.min(...kept)).toBeGreaterThanOrEqual(Math.max(-1, ...dropped));
        const larger = (await maskOf(lists, Math.max(one, other))).flat();
        expect(mask.every((bit, i) => bit <= (larger[i] as number))).toBe(true);
      }),
    );
  });

  it("keeps the shapes", async () => {
    const gradient = { w: tensor([1, 2, 3, 4], [2, 2]) };
    const mask = await saliencyMask(gradient, { density: 1 });
    expect(mask["w"]?.shape).toEqual([2, 2]);
    [gradient, mask].forEach(disposeParams);
  });

  it("refuses a density that is no share, and a gradient that is no number", async () => {
    await expect(maskOf([[1]], 1.5)).rejects.toThrow(/density from 0 to 1, found 1.5/);
    await expect(maskOf([[1]], Number.NaN)).rejects.toThrow(/found NaN/);
    const gradient = { w: tensor1d([1, Number.NaN]) };
    await expect(saliencyMask(gradient, { density: 0.5 })).rejects.toThrow(
      /gradient must be finite, found another number in w/,
    );
    disposeParams(gradient);
  });
});

describe("saliencyGradient", () => {
  it("sums signed batch means: one batch of all differs from two only by their sizes", async () => {
    const weights = model.init(createRng(2));
    const gradientOf = async (batchSize: number): Promise<number[]> => {
      const gradient = await saliencyGradient({
        model,
        weights,
        batches: source,
        indexes: forgetSet.slice(0, 6),
        batchSize,
        mode: "eval",
        task: "test",
      });
      const numbers = Array.from((await gradient["fc.bias"]?.data()) ?? []);
      disposeParams(gradient);
      return numbers;
    };
    const [whole, halves] = [await gradientOf(6), await gradientOf(3)];
    // Two means over three samples each sum to twice the mean over six.
    halves.forEach((value, i) => expect(value).toBeCloseTo(2 * (whole[i] as number), 6));
    [weights.params, weights.stats].forEach(disposeParams);
  });
});
