import { tensor1d, tensor2d } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { disposeParams, type Params } from "@ltu/core";

import { softRank, softThresholdSgd } from "../src/soft-threshold-sgd.ts";

const rates = { lr: 1, momentum: 0, weightDecay: 0 };
const placeAt = (step: number, epochs = 1, stepsInEpoch = 2) => ({
  step,
  steps: epochs * stepsInEpoch,
  epoch: Math.floor(step / stepsInEpoch),
  epochs,
  stepInEpoch: step % stepsInEpoch,
  phase: 0,
});

/** Takes one step for each gradient from `start`, all with rate 1; the weights after each. */
async function take(
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  { maskRatio, epochs = 1 }: { readonly maskRatio: number; readonly epochs?: number },
): Promise<number[][]> {
  const optimizer = softThresholdSgd({ maskRatio, batchesPerEpoch: 2 });
  // Two tensors, so that the rank is one over all.
  const split = (values: readonly number[]): Params => ({
    a: tensor2d([values.slice(0, 2)]),
    b: tensor1d(values.slice(2)),
  });
  let params = split(start);
  let state = optimizer.init(params);
  const after: number[][] = [];
  for (const [step, values] of gradients.entries()) {
    const gradient = split(values);
    const next = optimizer.step(params, gradient, state, { ...rates, place: placeAt(step, epochs) });
    [params, state, gradient].forEach(disposeParams);
    ({ params, state } = next);
    after.push([...(await params["a"]!.data()), ...(await params["b"]!.data())]);
  }
  [params, state].forEach(disposeParams);
  return after;
}

describe("softThresholdSgd", () => {
  it("by hand: shrinks every change by the r-th smallest one", async () => {
    // One epoch of 2 batches: r = floor(1 x (2 - 1) / 2 x 4) = 2. Changes -1, 4, -2, 3: the 2nd smallest is 2.
    const [first] = await take([10, 10, 10, 10], [[1, -4, 2, -3]], { maskRatio: 1 });
    expect(first).toEqual([10, 12, 10, 11]);
  });

  it("by hand: measures from the start of the epoch, and from the next start in the next one", async () => {
    // T = 4; r = floor(.75 x 4 .. ) = 3 in epoch 0, floor((4 - 3) / 4 x 4) = 1 in epoch 1.
    const still = [0, 0, 0, 0];
    const [first, second, third] = await take([0, 0, 0, 0], [[-1, -2, -3, -4], still, still], {
      maskRatio: 1,
      epochs: 2,
    });
    expect(first).toEqual([0, 0, 0, 1]);
    // No gradient: the same change of 1, whose three smaller ones are 0.
    expect(second).toEqual([0, 0, 0, 1]);
    expect(third).toEqual([0, 0, 0, 1]);
    // A step of -1 everywhere from (0, 0, 0, 1) is taken back whole: all changes are equal to the threshold.
    const steps = await take([0, 0, 0, 0], [[-1, -2, -3, -4], still, [-1, -1, -1, -2]], {
      maskRatio: 1,
      epochs: 2,
    });
    expect(steps[2]).toEqual([0, 0, 0, 2]);
  });

  it("ranks as the reference does", () => {
    const options = { maskRatio: 0.5, batchesPerEpoch: 8 };
    expect([0, 1].map((epoch) => softRank({ epoch, epochs: 2 }, options, 293))).toEqual([137, 64]);
    const more = { maskRatio: 0.9, batchesPerEpoch: 8 };
    expect([0, 1].map((epoch) => softRank({ epoch, epochs: 2 }, more, 293))).toEqual([247, 115]);
  });

  it("leaves at least r weights where the epoch began, and moves none farther than SGD does", async () => {
    const list = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        list,
        list,
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (start, gradient, maskRatio) => {
          const [after] = await take(start, [gradient], { maskRatio });
          const rank = softRank({ epoch: 0, epochs: 1 }, { maskRatio, batchesPerEpoch: 2 }, 4);
          const from = start.map(Math.fround);
          const kept = after?.filter((value, i) => value === from[i]).length ?? 0;
          expect(kept).toBeGreaterThanOrEqual(rank);
          after?.forEach((value, i) => {
            const limit = Math.abs(gradient[i] as number);
            // Float32 rounding of sums of size 8.
            expect(Math.abs(value - (from[i] as number))).toBeLessThanOrEqual(limit + 2e-6);
          });
        },
      ),
    );
  });
});
