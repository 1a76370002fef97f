import { describe, expect, it } from "vitest";

import { randomLabels, randomLabelsAnchored } from "../src/index.ts";
import { describeUnlearner } from "../src/contract/index.ts";
import { pixels, runOnPixels } from "./pixel-model.ts";
import { accessibleRetain, forgetSet, retainSet, runUnlearner } from "./run-tiny.ts";

const quick = { epochs: 2, batchSize: 8 } as const;

describeUnlearner("random-labels-anchored", () => randomLabelsAnchored({ ...quick, lr: 0.05 }));
describeUnlearner("random-labels-anchored", () =>
  randomLabelsAnchored({ ...quick, lr: 0.05, order: "mixed", retainAccess: "rho" }),
);

describe("randomLabelsAnchored", () => {
  it("by hand: pulls the logits of a retained sample back to where they were", async () => {
    // Black pixels: only b moves. Sample 0 (to forget) is of class 1 and can only be called 0; sample 1 is of class 0.
    // Step 1, b = (0, 0): gradient (p - onehot) = (-.5, .5), rate .1: b = (.05, -.05).
    // Step 2: p_0 = 1 / (1 + e^-.1) = .524979: CE gives (-.475021, .475021); the anchor 4 (2 / 2) (b - 0) =
    // (.2, -.2); together (-.275021, .275021): b = (.0775021, -.0775021).
    const method = randomLabelsAnchored({
      epochs: 1,
      lr: 0.1,
      momentum: 0,
      weightDecay: 0,
      excludeTrueLabel: true,
    });
    const { b, cost } = await runOnPixels(method, {
      batches: pixels([0, 0], [1, 0]),
      forgetSet: Int32Array.of(0),
      retainSet: Int32Array.of(1),
    });
    expect(b[0]).toBeCloseTo(0.0775021, 6);
    expect(b[1]).toBeCloseTo(-0.0775021, 6);
    // Two samples trained on, and one through the original model.
    expect(cost).toMatchObject({ imagesForward: 3, imagesBackward: 2, steps: 2 });
  });

  it("by hand: averages over the retained samples of a mixed batch", async () => {
    // One batch of both. Both black: gradient of CE is 0 for b (labels 0 and 0, then p as above) - two epochs.
    // Epoch 1: both are called 0: b = (.05, -.05). Epoch 2: CE (-.475021, .475021), the anchor over ONE retained
    // sample 4 (b - 0) = (.2, -.2): the same number as when it is alone.
    const method = randomLabelsAnchored({
      epochs: 2,
      lr: 0.1,
      momentum: 0,
      weightDecay: 0,
      excludeTrueLabel: true,
      order: "mixed",
    });
    const { b } = await runOnPixels(method, {
      batches: pixels([0, 0], [1, 0]),
      forgetSet: Int32Array.of(0),
      retainSet: Int32Array.of(1),
    });
    expect(b[0]).toBeCloseTo(0.0775021, 6);
  });

  it("is random labels with weight 4, under a name of its own", async () => {
    const anchored = randomLabelsAnchored(quick);
    expect(anchored.options).toEqual(randomLabels({ ...quick, anchorWeight: 4 }).options);
    const { numbers } = await runUnlearner(anchored);
    expect((await runUnlearner(randomLabels({ ...quick, anchorWeight: 4 }))).numbers).toEqual(numbers);
    expect((await runUnlearner(randomLabels(quick))).numbers).not.toEqual(numbers);
    expect((await runUnlearner(randomLabelsAnchored({ ...quick, anchorWeight: 0 }))).numbers).toEqual(
      (await runUnlearner(randomLabels(quick))).numbers,
    );
  });

  it("counts one pass of each retained sample through the original model an epoch", async () => {
    for (const order of ["sequential", "mixed"] as const) {
      const full = await runUnlearner(randomLabelsAnchored({ ...quick, order }));
      const trained = 2 * (forgetSet.length + retainSet.length);
      expect(full.cost.imagesBackward).toBe(trained);
      expect(full.cost.imagesForward).toBe(trained + 2 * retainSet.length);
      const rho = await runUnlearner(randomLabelsAnchored({ ...quick, order, retainAccess: "rho" }));
      expect(rho.cost.imagesForward - rho.cost.imagesBackward).toBe(2 * accessibleRetain.length);
    }
  });

  it("refuses a weight that is none", () => {
    expect(() => randomLabelsAnchored({ anchorWeight: -1 })).toThrow(
      /^random-labels-anchored: expected anchorWeight to be a number of at least 0, found -1/,
    );
    expect(() => randomLabelsAnchored({ alpha: 1 } as never)).toThrow(/found "alpha"/);
  });
});
