import { zeros } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { createRng, disposeParams, type Model } from "@ltu/core";
import { predict } from "@ltu/train";

import { describeUnlearner } from "../src/contract/index.ts";
import { boundaryExpanding } from "../src/index.ts";
import { pixelModel, pixels } from "./pixel-model.ts";
import { classes, forgetSet, guarded, model, runUnlearner, source } from "./run-tiny.ts";

describeUnlearner("boundary-expanding", () => boundaryExpanding({ epochs: 3, batchSize: 4, lr: 0.02 }));
describeUnlearner("boundary-expanding", () =>
  boundaryExpanding({ epochs: 2, batchSize: 4, lr: 0.02, dropShadow: false }),
);

/** Soft-max regression on one pixel that begins at 0, with any number of classes. */
function zeroModel(count: number): Model {
  return {
    ...pixelModel,
    classes: count,
    init: () => ({ params: { w: zeros([1, count]), b: zeros([count]) }, stats: {} }),
    withClasses: zeroModel,
  };
}

describe("boundaryExpanding", () => {
  it("by hand: calls the sample to forget by a class of its own, and cuts that off", async () => {
    const three = zeroModel(2);
    const original = three.init(createRng(1));
    const run = async (dropShadow: boolean): Promise<number[]> => {
      const method = boundaryExpanding({ epochs: 1, lr: 0.3, momentum: 0, weightDecay: 0, dropShadow });
      const result = await method.unlearn({
        model: three,
        original,
        batches: pixels([0], [0]),
        forgetSet: Int32Array.of(0),
        rng: createRng(1),
      });
      expect(result.model.classes).toBe(dropShadow ? 2 : 3);
      const values = Array.from((await result.weights.params["b"]?.data()) ?? []);
      disposeParams(result.weights.params);
      return values;
    };
    // p = (1/3, 1/3, 1/3), label 2: the gradient of b is (1/3, 1/3, -2/3).
    expect((await run(false)).map((value) => value.toFixed(6))).toEqual([
      "-0.100000",
      "-0.100000",
      "0.200000",
    ]);
    expect((await run(true)).map((value) => value.toFixed(6))).toEqual(["-0.100000", "-0.100000"]);
    disposeParams(original.params);
  });

  it("returns the original number of classes, whose logits are those of the widened model but the last", async () => {
    const quick = { epochs: 2, batchSize: 4, lr: 0.02 } as const;
    const logitsOf = async (dropShadow: boolean): Promise<{ width: number; logits: Float32Array }> => {
      const original = model.init(createRng(2));
      const result = await boundaryExpanding({ ...quick, dropShadow }).unlearn({
        model,
        original,
        batches: source,
        forgetSet,
        rng: createRng(3),
      });
      const batches = Object.assign((indexes: Int32Array) => source(indexes), {
        imageShape: source.imageShape,
        classes: result.model.classes,
      });
      const { logits } = await predict(result.model, result.weights, batches, forgetSet);
      for (const { params, stats } of [original, result.weights]) [params, stats].forEach(disposeParams);
      return { width: result.model.classes, logits };
    };
    const [dropped, kept] = [await logitsOf(true), await logitsOf(false)];
    expect([dropped.width, kept.width]).toEqual([classes, classes + 1]);
    dropped.logits.forEach((value, i) => {
      const row = Math.floor(i / classes);
      expect(value).toBeCloseTo(kept.logits[row * (classes + 1) + (i % classes)] as number, 5);
    });
  });

  it("reads the forget set alone and counts it", async () => {
    const method = boundaryExpanding({ epochs: 2, batchSize: 4 });
    const { cost } = await runUnlearner(method, { batches: guarded([forgetSet]) });
    expect(cost).toMatchObject({ imagesForward: 14, imagesBackward: 14, steps: 4 });
  });

  it("names the step at which it diverged", async () => {
    await expect(runUnlearner(boundaryExpanding({ epochs: 40, batchSize: 4, lr: 1e20 }))).rejects.toThrow(
      /^boundary-expanding: the (loss|weights) must stay finite, found .* step \d+ of \d+/,
    );
  });

  it("refuses unknown options and values", () => {
    expect(() => boundaryExpanding({ dropShadow: 1 as never })).toThrow(
      /dropShadow to be true or false, found 1/,
    );
    expect(() => boundaryExpanding({ bound: 0.1 } as never)).toThrow(/found "bound"/);
  });
});
