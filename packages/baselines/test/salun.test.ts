import { describe, expect, it } from "vitest";

import { createRng, disposeParams } from "@ltu/core";

import { randomLabels, saliencyGradient, saliencyMask, salun } from "../src/index.ts";
import { describeUnlearner } from "../src/contract/index.ts";
import { pixels, runOnPixels } from "./pixel-model.ts";
import { forgetSet, guarded, model, numbersOf, retainSet, runUnlearner, source } from "./run-tiny.ts";

const quick = { epochs: 2, batchSize: 8 } as const;

describeUnlearner("salun", () => salun({ ...quick, lr: 0.05 }));
describeUnlearner("salun", () =>
  salun({
    ...quick,
    lr: 0.05,
    order: "mixed",
    density: 0.8,
    legacyWeightDecay: true,
    excludeTrueLabel: true,
    anchorWeight: 1,
    retainAccess: "rho",
  }),
);

/** The tiny model's mask on its forget set, as numbers. */
async function tinyMask(density: number): Promise<Record<string, number[]>> {
  const weights = model.init(createRng(2));
  const gradient = await saliencyGradient({
    model,
    weights,
    batches: source,
    indexes: forgetSet,
    batchSize: quick.batchSize,
    mode: "eval",
    task: "test",
  });
  const mask = await saliencyMask(gradient, { density });
  const numbers = await numbersOf({ params: mask, stats: {} });
  [gradient, mask, weights.params, weights.stats].forEach(disposeParams);
  return numbers;
}

describe("salun", () => {
  it("by hand: moves the weights that the forget set pulls at, and no other", async () => {
    // Sample 0 (to forget): x = .5, y = 1, weights 0: gradient of b (.5, -.5), of w half of it: the mask keeps b.
    // It can only be called 0: b = (.05, -.05), w stays. Then sample 1, x = 0, y = 0: p_0 = .524979, rate .1:
    // b = (.05 + .0475021, ...).
    const method = salun({
      epochs: 1,
      lr: 0.1,
      momentum: 0,
      weightDecay: 0,
      excludeTrueLabel: true,
      density: 0.5,
    });
    const { w, b, cost } = await runOnPixels(method, {
      batches: pixels([0.5, 0], [1, 0]),
      forgetSet: Int32Array.of(0),
      retainSet: Int32Array.of(1),
    });
    expect(w).toEqual([0, 0]);
    expect(b[0]).toBeCloseTo(0.0975021, 6);
    // Two samples trained on, and one for the mask.
    expect(cost).toMatchObject({ imagesForward: 3, imagesBackward: 3, steps: 2 });
  });

  it("leaves the weights outside its mask bit-identical, and moves those inside", async () => {
    const mask = await tinyMask(0.4);
    for (const order of ["sequential", "mixed"] as const) {
      const { numbers, original } = await runUnlearner(
        salun({ ...quick, density: 0.4, weightDecay: 0.1, order }),
      );
      let moved = 0;
      for (const [name, bits] of Object.entries(mask)) {
        bits.forEach((bit, i) => {
          const isSame = Object.is(numbers[name]?.[i], original[name]?.[i]);
          if (bit === 0) expect(isSame, `${name}[${i}]`).toBe(true);
          else if (!isSame) moved += 1;
        });
      }
      expect(moved).toBeGreaterThan(10);
      expect(numbers["bn1.running_mean"]).not.toEqual(original["bn1.running_mean"]);
    }
  });

  it("lets weight decay move them in the legacy form", async () => {
    const mask = await tinyMask(0.4);
    const { numbers, original } = await runUnlearner(
      salun({ ...quick, density: 0.4, weightDecay: 0.1, legacyWeightDecay: true }),
    );
    for (const [name, bits] of Object.entries(mask)) {
      bits.forEach((bit, i) => {
        const start = Math.abs(original[name]?.[i] as number);
        if (bit === 0 && start > 1e-3) expect(Math.abs(numbers[name]?.[i] as number)).toBeLessThan(start);
      });
    }
  });

  it("is random labels, bit for bit, with a mask of all weights", async () => {
    const full = await runUnlearner(salun({ ...quick, lr: 0.01, density: 1 }));
    expect(full.numbers).toEqual((await runUnlearner(randomLabels(quick))).numbers);
  });

  it("counts the mask's pass over the forget set", async () => {
    const { cost } = await runUnlearner(salun(quick), { batches: guarded([forgetSet, retainSet]) });
    const images = 3 * forgetSet.length + 2 * retainSet.length;
    expect(cost).toMatchObject({ imagesForward: images, imagesBackward: images, steps: 10 });
  });

  it("names the step at which it diverged", async () => {
    await expect(runUnlearner(salun({ ...quick, lr: 1e12 }))).rejects.toThrow(
      /^salun: the loss must stay finite, found .* at step \d+ of 10/,
    );
  });

  it("refuses a density that leaves nothing to move, and options out of range", async () => {
    expect(() => salun({ density: 2 })).toThrow(
      /^salun: expected density to be a number from 0 to 1, found 2/,
    );
    expect(() => salun({ legacyWeightDecay: 1 as never })).toThrow(/legacyWeightDecay to be true or false/);
    expect(() => salun({ mask: {} } as never)).toThrow(/expected options out of .*density.*found "mask"/);
    await expect(runUnlearner(salun({ density: 0.001 }))).rejects.toThrow(
      /^salun: expected a density that leaves some of the \d+ weights to move, found 0.001; raise it/,
    );
  });
});
