import { describe, expect, it } from "vitest";

import { describeUnlearner } from "../src/contract/index.ts";
import { boundaryShrink } from "../src/index.ts";
import { pixels, runOnPixels } from "./pixel-model.ts";
import { forgetSet, guarded, runUnlearner } from "./run-tiny.ts";

describeUnlearner("boundary-shrink", () => boundaryShrink({ epochs: 3, batchSize: 4, lr: 0.02 }));

const plain = { epochs: 1, lr: 0.1, momentum: 0, weightDecay: 0 } as const;

describe("boundaryShrink", () => {
  /** The classes part at x = 0.45: above it is class 0. */
  const start = { w: [10, -10], b: [-4.5, 4.5] };

  it("by hand: trains the clean image on the class that the original sees a step away", async () => {
    // x = 0.5 of class 0 moves to 0.4, which is class 1. On the clean image p0 = 1 / (1 + e^-1), so the gradient of
    // cross-entropy with label 1 is (p0, -p0) of b and half of it of w.
    const { w, b, history, cost } = await runOnPixels(
      boundaryShrink(plain),
      { batches: pixels([0.5], [0]), forgetSet: Int32Array.of(0) },
      start,
    );
    const p0 = 1 / (1 + Math.exp(-1));
    expect(b[0]).toBeCloseTo(-4.5 - 0.1 * p0, 5);
    expect(w[0]).toBeCloseTo(10 - 0.05 * p0, 5);
    expect(history["flipped"]).toEqual([1]);
    expect(cost).toMatchObject({ imagesForward: 3, imagesBackward: 2, steps: 1 });
  });

  it("keeps the label where no other class is near, and says how many flipped", async () => {
    const { history } = await runOnPixels(
      boundaryShrink({ ...plain, lr: 0, epochs: 2 }),
      { batches: pixels([0.6, 0.5, 0.9, 0.3], [0, 0, 0, 1]), forgetSet: Int32Array.of(0, 1, 2, 3) },
      start,
    );
    // Of 0.6, 0.5, 0.9 and 0.3 only 0.5 crosses 0.45 in a step of 0.1.
    expect(history["flipped"]).toEqual([0.25, 0.25]);
    const far = boundaryShrink({ ...plain, lr: 0, bound: 0.2 });
    const request = {
      batches: pixels([0.6, 0.5, 0.9, 0.3], [0, 0, 0, 1]),
      forgetSet: Int32Array.of(0, 1, 2, 3),
    };
    expect((await runOnPixels(far, request, start)).history["flipped"]).toEqual([0.75]);
  });

  it("reads the forget set alone, and looks at the original model throughout", async () => {
    const method = boundaryShrink({ epochs: 2, batchSize: 4, lr: 0.5, augment: false });
    const { cost, history } = await runUnlearner(method, { batches: guarded([forgetSet]) });
    expect(cost).toMatchObject({ imagesForward: 6 * 7, imagesBackward: 4 * 7, steps: 4 });
    // Labels come from the frozen original, so an epoch later as many of the set are flipped, however far it moved.
    const share = (steps: readonly number[]): number =>
      ((steps[0] as number) * 4 + (steps[1] as number) * 3) / 7;
    const flipped = history["flipped"] as number[];
    expect(share(flipped.slice(2))).toBeCloseTo(share(flipped.slice(0, 2)), 6);
  });

  it("names the step at which it diverged", async () => {
    await expect(runUnlearner(boundaryShrink({ epochs: 40, batchSize: 4, lr: 1e20 }))).rejects.toThrow(
      /^boundary-shrink: the (loss|weights) must stay finite, found .* step \d+ of \d+/,
    );
  });

  it("refuses unknown options and values out of range", () => {
    expect(() => boundaryShrink({ bound: 2 })).toThrow(/bound to be a number from 0 to 1, found 2/);
    expect(() => boundaryShrink({ retainAccess: "rho" } as never)).toThrow(/found "retainAccess"/);
  });
});
