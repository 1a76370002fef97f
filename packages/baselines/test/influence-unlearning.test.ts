import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { influenceUnlearning, type InfluenceUnlearningOptions } from "../src/index.ts";
import { describeUnlearner } from "../src/contract/index.ts";
import { pixels, runOnPixels } from "./pixel-model.ts";
import { accessibleRetain, forgetSet, guarded, retainSet, runUnlearner, type Outcome } from "./run-tiny.ts";

describeUnlearner("influence-unlearning", () => influenceUnlearning({ batchSize: 8, fisherSamples: 5 }));
describeUnlearner("influence-unlearning", () =>
  influenceUnlearning({ batchSize: 8, fisherSamples: 9, variant: "woodbury", alpha: 3, retainAccess: "rho" }),
);
describeUnlearner(
  "influence-unlearning",
  () => influenceUnlearning({ batchSize: 8, fisherSamples: 3, augment: false }),
  {
    drawsAtRandom: false,
  },
);

/** What a run added to each weight. */
function changes({ numbers, original }: Outcome): number[] {
  return Object.keys(original).flatMap((name) =>
    (original[name] as number[]).map((value, i) => (numbers[name]?.[i] as number) - value),
  );
}

const quick: InfluenceUnlearningOptions = { batchSize: 8, fisherSamples: 4 };

describe("influenceUnlearning", () => {
  it("by hand: climbs the loss of the forget set and descends that of the retained one", async () => {
    // x = 1, weights 0, p = (1/2, 1/2). To forget: y = 0, gradient (-.5, .5) for w and b. Retained, twice: y = 1,
    // gradient (.5, -.5). n = 3: v = 1/3 (-.5, .5) - 1 / (3 x 2) 2 (.5, -.5) = (-1/3, 1/3).
    // Reference, N = 2: o = g_0, g_1 = g_0: t = 4 x .25 = 1, k . g = -2/3: k = v + (2/3) / 3 (.5, -.5)
    // = (-1/3 + 1/9, ...) = (-2/9, 2/9). Times alpha .9: (-.2, .2).
    const sets = { forgetSet: Int32Array.of(0), retainSet: Int32Array.of(1, 2) };
    const request = { batches: pixels([1, 1, 1], [0, 1, 1]), ...sets };
    const reference = await runOnPixels(influenceUnlearning({ alpha: 0.9, fisherSamples: 2 }), request);
    for (const found of [reference.w, reference.b]) {
      expect(found[0]).toBeCloseTo(-0.2, 6);
      expect(found[1]).toBeCloseTo(0.2, 6);
    }
    // One image to forget, two to retain, and two alone.
    expect(reference.cost).toMatchObject({ imagesForward: 5, imagesBackward: 5, steps: 1 });
    // Textbook: F = I + g g^T with |g|^2 = 1 and v along g: k = v / 2. Times .9: (-.15, .15).
    const variant = "woodbury";
    const textbook = await runOnPixels(
      influenceUnlearning({ alpha: 0.9, fisherSamples: 2, variant }),
      request,
    );
    expect(textbook.w[0]).toBeCloseTo(-0.15, 6);
  });

  it("is linear in its strength", async () => {
    for (const variant of ["reference", "woodbury"] as const) {
      const once = changes(await runUnlearner(influenceUnlearning({ ...quick, variant, alpha: 1 })));
      await fc.assert(
        fc.asyncProperty(fc.double({ min: 0, max: 50, noNaN: true }), async (alpha) => {
          const found = changes(await runUnlearner(influenceUnlearning({ ...quick, variant, alpha })));
          // Float32 rounding of a weight of size 2 once, and of the step of strength 1 alpha times.
          found.forEach((change, i) =>
            expect(Math.abs(change - alpha * (once[i] as number))).toBeLessThan(2e-7 * (2 + alpha)),
          );
        }),
        { numRuns: 4, examples: [[0]] },
      );
    }
  });

  it("leaves running statistics and moves everything else", async () => {
    const { numbers, original } = await runUnlearner(influenceUnlearning(quick));
    for (const [name, start] of Object.entries(original)) {
      if (name.includes("running")) expect(numbers[name]).toEqual(start);
      else expect(numbers[name]).not.toEqual(start);
    }
  });

  it("takes N + 2 single samples in the reference form and N in the other, or all there are", async () => {
    const imagesOf = async (options: InfluenceUnlearningOptions): Promise<number> => {
      const { cost } = await runUnlearner(influenceUnlearning(options), {
        batches: guarded([forgetSet, retainSet]),
      });
      expect(cost.imagesForward).toBe(cost.imagesBackward);
      return cost.imagesForward - forgetSet.length - retainSet.length;
    };
    expect(await imagesOf(quick)).toBe(6);
    expect(await imagesOf({ ...quick, variant: "woodbury" })).toBe(4);
    expect(await imagesOf({})).toBe(retainSet.length);
    const rho = await runUnlearner(influenceUnlearning({ ...quick, retainAccess: "rho" }), {
      batches: guarded([forgetSet, accessibleRetain]),
    });
    expect(rho.cost.imagesForward).toBe(forgetSet.length + accessibleRetain.length + 6);
  });

  it("does not hand out weights that are not finite", async () => {
    await expect(runUnlearner(influenceUnlearning({ ...quick, alpha: 1e38 * 1e3 }))).rejects.toThrow(
      /^influence-unlearning: the weights must stay finite, found .* after step 1 of 1; lower alpha/,
    );
  });

  it("refuses options out of range and those of other methods", () => {
    expect(() => influenceUnlearning({ variant: "exact" as "woodbury" })).toThrow(
      /^influence-unlearning: expected variant to be "reference" or "woodbury", found "exact"/,
    );
    expect(() => influenceUnlearning({ alpha: -1 })).toThrow(/alpha to be a number of at least 0/);
    expect(() => influenceUnlearning({ fisherSamples: 0 })).toThrow(/fisherSamples to be a whole number/);
    expect(() => influenceUnlearning({ gamma: 0.2 } as never)).toThrow(/found "gamma"/);
    expect(() => influenceUnlearning({ lr: 0.1 } as never)).toThrow(/found "lr"/);
  });
});
