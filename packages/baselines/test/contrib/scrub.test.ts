import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { describeUnlearner } from "../../src/contract/index.ts";
import { scrub } from "../../src/index.ts";
import { expectAlternation } from "../expect-alternation.ts";
import { pixels, runOnPixels } from "../pixel-model.ts";
import { runUnlearner } from "../run-tiny.ts";

describeUnlearner("scrub", () => scrub({ epochs: 3, batchSize: 4, lr: 0.01 }));
describeUnlearner("scrub", () =>
  scrub({ epochs: 2, msteps: 1, batchSize: 8, optimizer: "adam", lrDecayEpochs: [1], retainAccess: "rho" }),
);

describe("scrub", () => {
  it("by hand: the first pass of maximising stays, the pass of minimising follows the labels, the next one climbs", async () => {
    // Student and teacher begin as p = (1/2, 1/2), so their divergence has no gradient: the first step changes nothing.
    // The second is half of cross-entropy's at x = 1, y = 0: w and b go to 0.1 (1/2) (1/2, -1/2) = (0.025, -0.025).
    // The logits at x = 1 are then (0.05, -0.05), and T^2 KL = T^2 log cosh(0.05 / T).
    const { w, b, history, cost } = await runOnPixels(
      scrub({
        epochs: 2,
        lr: 0.1,
        momentum: 0,
        weightDecay: 0,
        temperature: 2,
        gamma: 0.5,
        lrDecayEpochs: [1],
        lrDecayRate: 0,
      }),
      { batches: pixels([1, 1], [0, 1]), retainSet: Int32Array.of(0), forgetSet: Int32Array.of(1) },
    );
    expect(w.map((value) => value.toFixed(6))).toEqual(["0.025000", "-0.025000"]);
    expect(b).toEqual(w);
    const [first, second, third] = history["loss"] as [number, number, number];
    expect(first).toBeCloseTo(0, 7);
    expect(second).toBeCloseTo(0.5 * Math.LN2, 6);
    expect(third).toBeCloseTo(-4 * Math.log(Math.cosh(0.025)), 6);
    expect(history["rateFactor"]).toEqual([1, 1, 0, 0]);
    expect(cost).toMatchObject({ imagesForward: 8, imagesBackward: 4, steps: 4 });
  });

  it("moves its student and leaves its teacher as it was, whatever the seed and the optimizer", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1e6),
        fc.constantFrom("sgd" as const, "adam" as const),
        async (seed, optimizer) => {
          const start = { batchSize: 8, lr: 0.01, optimizer };
          const { numbers, original } = await runUnlearner(scrub(start), { rng: createRng(seed) });
          const again = await runUnlearner(scrub(start), { rng: createRng(seed + 1) });
          expect(original).toEqual(again.original);
          for (const name of ["conv1.weight", "fc.weight", "fc.bias"])
            expect(numbers[name], name).not.toEqual(original[name]);
        },
      ),
      { numRuns: 4 },
    );
  });

  it("alternates as published: a pass over the forget set before each of the first msteps passes over the retain set", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.nat(5), async (epochs, msteps) => {
        await expectAlternation(scrub({ epochs, msteps, batchSize: 8 }), { epochs, msteps });
      }),
      { numRuns: 8 },
    );
  });

  it("names the step at which it diverged", async () => {
    await expect(runUnlearner(scrub({ batchSize: 4, lr: 1e15, epochs: 9, msteps: 9 }))).rejects.toThrow(
      /^scrub: the (loss|weights) must stay finite, found .* step \d+ of \d+/,
    );
  });

  it("refuses unknown options and values out of range", () => {
    expect(() => scrub({ msteps: 1.5 })).toThrow(/msteps to be a whole number of at least 0, found 1.5/);
    expect(() => scrub({ temperature: 0 })).toThrow(/temperature to be a number of at least 0.001/);
    expect(() => scrub({ optimizer: "rmsprop" as "sgd" })).toThrow(/optimizer to be "sgd" or "adam"/);
    expect(() => scrub({ lrDecayEpochs: [2, -1] })).toThrow(/lrDecayEpochs/);
    expect(() => scrub({ beta: 1 } as never)).toThrow(/expected options out of .*gamma.*found "beta"/);
  });
});
