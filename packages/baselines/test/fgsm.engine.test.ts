import { tensor1d, tensor2d, tensor4d } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng, disposeParams, type Model } from "@ltu/core";

import { fgsm } from "../src/index.ts";
import { pixelModel } from "./pixel-model.ts";
import { tinyModel } from "./tiny-model.ts";

/** The adversarial pixels of one-pixel images under logits x w. */
async function moved(x: readonly number[], w: readonly [number, number], bound: number): Promise<number[]> {
  const weights = { params: { w: tensor2d([[...w]]), b: tensor1d([0, 0]) }, stats: {} };
  const images = tensor4d([...x], [x.length, 1, 1, 1]);
  const result = fgsm(
    { model: pixelModel, weights },
    { images, labels: new Int32Array(x.length) },
    { bound },
  );
  const values = Array.from(await result.data());
  [images, result].forEach((tensor) => tensor.dispose());
  disposeParams(weights.params);
  return values;
}

describe("fgsm", () => {
  it("by hand: moves each pixel by the bound against the true class, within [0, 1]", async () => {
    // A larger x speaks for class 0, so pixels darken: 0.5 to 0.4 = 102/255, and 0.05 only to 0.
    const dark = await moved([0.5, 0.05], [1, -1], 0.1);
    expect(dark[0]).toBeCloseTo(102 / 255, 6);
    expect(dark[1]).toBe(0);
    expect((await moved([0.95], [-1, 1], 0.1))[0]).toBe(1);
  });

  it("does not move what has no gradient, and rounds halves to even", async () => {
    const halves = Array.from({ length: 255 }, (_, k) => k + 0.5).filter(
      // Those whose product is a half in float32 too.
      (half) => Math.fround(Math.fround(half / 255) * 255) === half,
    );
    expect(halves.length).toBeGreaterThan(50);
    const found = await moved(
      halves.map((half) => half / 255),
      [1, 1],
      0.1,
    );
    found.forEach((value, i) => {
      const below = Math.floor(halves[i] as number);
      expect(value).toBeCloseTo((below % 2 === 0 ? below : below + 1) / 255, 6);
    });
  });

  it("stays on the grid of 8 bits, and within the bound and half a step of it", async () => {
    const model: Model = tinyModel(3);
    const weights = model.init(createRng(1));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 16, maxLength: 16 }),
        fc.nat(2),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        async (x, label, bound) => {
          const images = tensor4d(x, [1, 4, 4, 1]);
          const result = fgsm({ model, weights }, { images, labels: Int32Array.of(label) }, { bound });
          const values = await result.data();
          [images, result].forEach((tensor) => tensor.dispose());
          values.forEach((value, i) => {
            expect(Math.abs(255 * value - Math.round(255 * value))).toBeLessThan(1e-3);
            expect(value >= 0 && value <= 1).toBe(true);
            expect(Math.abs(value - (x[i] as number))).toBeLessThan(bound + 0.5 / 255 + 1e-6);
          });
        },
      ),
      { numRuns: 15 },
    );
    [weights.params, weights.stats].forEach(disposeParams);
  });
});
