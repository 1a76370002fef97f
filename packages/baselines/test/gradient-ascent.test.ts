import { describe, expect, it } from "vitest";

import { finetune, gradientAscent } from "../src/index.ts";
import { describeUnlearner } from "../src/contract/index.ts";
import { pixels, runOnPixels } from "./pixel-model.ts";
import { forgetSet, guarded, runUnlearner } from "./run-tiny.ts";

describeUnlearner("gradient-ascent", () => gradientAscent({ epochs: 2, batchSize: 8, lr: 0.3 }));

const plain = { epochs: 1, momentum: 0, weightDecay: 0 } as const;

describe("gradientAscent", () => {
  it("by hand: climbs the loss of the forget set", async () => {
    // One sample, x = 1, y = 0, weights 0: p = (1/2, 1/2), gradient of CE = (-1/2, 1/2), rate 0.1.
    const { w, b, history } = await runOnPixels(gradientAscent({ ...plain, lr: 0.1 }), {
      batches: pixels([1], [0]),
      forgetSet: Int32Array.of(0),
    });
    for (const found of [w, b]) {
      expect(found[0]).toBeCloseTo(-0.05, 7);
      expect(found[1]).toBeCloseTo(0.05, 7);
    }
    expect(history["loss"]?.[0]).toBeCloseTo(-Math.LN2, 6);
  });

  it("takes the opposite step of fine-tuning on the same samples", async () => {
    const options = { ...plain, batchSize: 7, lr: 0.01 };
    const up = await runUnlearner(gradientAscent(options));
    const down = await runUnlearner(finetune(options), {
      retainSet: forgetSet,
      forgetSet: Int32Array.of(39),
    });
    for (const [name, start] of Object.entries(up.original)) {
      if (name.includes("running")) continue;
      start.forEach((value, i) => {
        const rise = (up.numbers[name]?.[i] as number) - value;
        const fall = (down.numbers[name]?.[i] as number) - value;
        // Float32 rounding of a difference of numbers of size 1.
        expect(Math.abs(rise + fall)).toBeLessThan(1e-6);
      });
    }
  });

  it("reads the forget set alone and counts it", async () => {
    const { cost } = await runUnlearner(gradientAscent({ batchSize: 4 }), { batches: guarded([forgetSet]) });
    expect(cost).toMatchObject({ imagesForward: 35, imagesBackward: 35, steps: 10 });
  });

  it("names the step at which it diverged", async () => {
    await expect(runUnlearner(gradientAscent({ epochs: 40, batchSize: 4, lr: 1e12 }))).rejects.toThrow(
      /^gradient-ascent: the loss must stay finite, found -?(Infinity|NaN) at step \d+ of 80/,
    );
  });

  it("does not hand out broken weights when its last step broke them", async () => {
    const broken = gradientAscent({ epochs: 1, batchSize: 256, lr: 1e39 });
    await expect(runUnlearner(broken)).rejects.toThrow(
      /^gradient-ascent: the weights must stay finite, found .* after step 1 of 1/,
    );
  });

  it("refuses what is not its own", () => {
    expect(() => gradientAscent({ retainAccess: "rho" } as never)).toThrow(/found "retainAccess"/);
    expect(() => gradientAscent({ alpha: 0.2 } as never)).toThrow(/found "alpha"/);
    expect(() => gradientAscent({ lr: -1 })).toThrow(/lr/);
  });
});
