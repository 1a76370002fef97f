import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { describeUnlearner } from "../../src/contract/index.ts";
import { ssd } from "../../src/index.ts";
import { pixels, runOnPixels } from "../pixel-model.ts";
import { runUnlearner } from "../run-tiny.ts";

describeUnlearner("ssd", () => ssd({ batchSize: 4, selectionWeighting: 1 }), { drawsAtRandom: false });
describeUnlearner("ssd", () =>
  ssd({ batchSize: 8, selectionWeighting: 0.5, dampeningConstant: 0.2, augment: true, retainAccess: "rho" }),
);

describe("ssd", () => {
  /** p = (3/4, 1/4) at every x. */
  const start = { w: [4, 4], b: [Math.log(3), 0] };
  const sets = { forgetSet: Int32Array.of(0), retainSet: Int32Array.of(1) };

  it("by hand: dampens what matters to the forget set more than to all", async () => {
    // To forget x = 1, y = 0: gradient (-1/4, 1/4) of w and b. Retained x = 0, y = 0: the same of b, 0 of w.
    // Importance to forget 1/16 everywhere; to all, over two batches, 1/32 for w and 1/16 for b.
    // With alpha 3/2 only w is selected, and its factor is 1 (1/32) / (1/16) = 1/2.
    const request = { batches: pixels([1, 0], [0, 0]), ...sets };
    const { w, b, history, cost } = await runOnPixels(
      ssd({ batchSize: 1, selectionWeighting: 1.5 }),
      request,
      start,
    );
    expect(w).toEqual([2, 2]);
    expect(b).toEqual([Math.fround(Math.log(3)), 0]);
    expect(history).toEqual({ selected: [0.5], dampened: [0.5] });
    expect(cost).toMatchObject({ imagesForward: 3, imagesBackward: 3, steps: 1 });
    const half = ssd({ batchSize: 1, selectionWeighting: 1.5, dampeningConstant: 0.5 });
    expect((await runOnPixels(half, request, start)).w).toEqual([1, 1]);
  });

  it("leaves parameters without importance to the forget set bit-identical, whatever its constants", async () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const strength = fc.double({ min: 0, max: 10, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.tuple(number, number), strength, strength, async (w, alpha, lambda) => {
        // The sample to forget is black, so w has no gradient there.
        const run = await runOnPixels(
          ssd({ batchSize: 1, selectionWeighting: alpha, dampeningConstant: lambda }),
          { batches: pixels([0, 1], [0, 1]), ...sets },
          { w, b: [1, -1] },
        );
        expect(run.w).toEqual(w.map(Math.fround));
      }),
      { numRuns: 20 },
    );
  });

  it("never makes a parameter larger, nor changes its sign", async () => {
    const { numbers, original } = await runUnlearner(
      ssd({ batchSize: 4, selectionWeighting: 0.5, dampeningConstant: 3 }),
    );
    let dampened = 0;
    for (const [name, values] of Object.entries(original)) {
      values.forEach((value, i) => {
        const now = numbers[name]?.[i] as number;
        expect(Math.abs(now)).toBeLessThanOrEqual(Math.abs(value));
        expect(now * value).toBeGreaterThanOrEqual(0);
        dampened += now === value ? 0 : 1;
      });
    }
    expect(dampened).toBeGreaterThan(0);
  });

  it("refuses unknown options and values out of range", () => {
    expect(() => ssd({ selectionWeighting: -1 })).toThrow(/selectionWeighting to be a number of at least 0/);
    expect(() => ssd({ batchSize: 0 })).toThrow(/batchSize to be a whole number of at least 1/);
    expect(() => ssd({ lr: 0.1 } as never)).toThrow(/expected options out of batchSize, .*found "lr"/);
    expect(() => ssd({ augment: 1 as never })).toThrow(/augment to be true or false/);
  });
});
