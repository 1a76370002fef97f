import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { describeUnlearner } from "../../src/contract/index.ts";
import { negGradPlus } from "../../src/index.ts";
import { pixels, runOnPixels } from "../pixel-model.ts";
import { accessibleRetain, forgetSet, guarded, runUnlearner } from "../run-tiny.ts";

const plain = { epochs: 1, lr: 0.1, momentum: 0, weightDecay: 0 } as const;

describeUnlearner("neg-grad-plus", () => negGradPlus({ epochs: 2, batchSize: 4 }));
describeUnlearner("neg-grad-plus", () =>
  negGradPlus({ epochs: 2, batchSize: 4, alpha: 0.9, anchorWeight: 0.1, retainAccess: "rho" }),
);

/** How far the parameters of a run are from the original ones. */
const distance = ({ numbers, original }: Awaited<ReturnType<typeof runUnlearner>>): number =>
  Math.sqrt(
    Object.entries(original)
      .filter(([name]) => !name.includes("running"))
      .flatMap(([name, values]) => values.map((value, i) => ((numbers[name]?.[i] as number) - value) ** 2))
      .reduce((a, b) => a + b, 0),
  );

describe("negGradPlus", () => {
  it("by hand: descends on a retained batch and climbs on a forget batch in one step", async () => {
    // Weights 0, p = (1/2, 1/2). Retained x = 1, y = 0: gradient (-1/2, 1/2) of w and b. To forget x = 2, y = 1:
    // (1, -1) of w, (1/2, -1/2) of b. With alpha 3/4: w 3/4 (-1/2) - 1/4 (1) = -5/8, b -3/8 - 1/8 = -1/2; rate 0.1.
    const { w, b, history, cost } = await runOnPixels(negGradPlus({ ...plain, alpha: 0.75 }), {
      batches: pixels([1, 2], [0, 1]),
      retainSet: Int32Array.of(0),
      forgetSet: Int32Array.of(1),
    });
    expect(w.map((value) => value.toFixed(6))).toEqual(["0.062500", "-0.062500"]);
    expect(b.map((value) => value.toFixed(6))).toEqual(["0.050000", "-0.050000"]);
    expect(history["loss"]?.[0]).toBeCloseTo(0.5 * Math.LN2, 6);
    expect(cost).toMatchObject({ imagesForward: 2, imagesBackward: 2, steps: 1 });
  });

  it("lets the shorter set start again until the longer one is through", async () => {
    const method = negGradPlus({ epochs: 2, batchSize: 3, retainAccess: "rho" });
    const { cost } = await runUnlearner(method, { batches: guarded([forgetSet, accessibleRetain]) });
    // 9 retained samples in 3 batches, 7 to forget in batches of 3, 3 and 1: three steps an epoch.
    expect(cost).toMatchObject({ steps: 6, imagesBackward: 2 * (9 + 7) });
  });

  it("stays nearer to the original weights the stronger its anchor", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.5, max: 5, noNaN: true }), async (anchorWeight) => {
        const options = { ...plain, epochs: 3, batchSize: 8, alpha: 0.6 };
        const free = distance(await runUnlearner(negGradPlus(options)));
        expect(distance(await runUnlearner(negGradPlus({ ...options, anchorWeight })))).toBeLessThan(free);
      }),
      { numRuns: 3 },
    );
  });

  it("names the step at which it diverged", async () => {
    await expect(runUnlearner(negGradPlus({ epochs: 30, batchSize: 4, lr: 1e12, alpha: 0 }))).rejects.toThrow(
      /^neg-grad-plus: the (loss|weights) must stay finite, found .* step \d+ of \d+/,
    );
  });

  it("refuses unknown options and values out of range", () => {
    expect(() => negGradPlus({ alpha: 1.5 })).toThrow(/alpha to be a number from 0 to 1, found 1.5/);
    expect(() => negGradPlus({ anchorWeight: -1 })).toThrow(/anchorWeight to be a number of at least 0/);
    expect(() => negGradPlus({ gamma: 1 } as never)).toThrow(
      /expected options out of .*alpha.*found "gamma"/,
    );
  });
});
