import { describe, expect, it } from "vitest";

import { createRng, disposeParams } from "@ltu/core";
import { fit, type Recipe } from "@ltu/train";

import { describeUnlearner } from "../src/contract/index.ts";
import { retrain } from "../src/index.ts";
import { model, numbersOf, retainSet, runUnlearner, source } from "./run-tiny.ts";

const recipe: Recipe = {
  epochs: 3,
  batchSize: 8,
  schedule: { name: "one-cycle" },
  weightDecay: 5e-4,
  augment: true,
};

describeUnlearner("retrain", () => retrain(recipe));

describe("retrain", () => {
  it("is training from fresh weights on the retain set alone, by the same recipe", async () => {
    const rng = createRng(3);
    const start = model.init(rng.split("init"));
    const { weights } = await fit({
      model,
      weights: start,
      batches: source,
      data: retainSet,
      recipe,
      rng: rng.split("fit"),
    });
    const expected = await numbersOf(weights);
    for (const { params, stats } of [start, weights]) [params, stats].forEach(disposeParams);
    expect((await runUnlearner(retrain(recipe))).numbers).toEqual(expected);
  });

  it("does not depend on the original weights", async () => {
    const other = model.init(createRng(99));
    const first = (await runUnlearner(retrain(recipe))).numbers;
    expect((await runUnlearner(retrain(recipe), { original: other })).numbers).toEqual(first);
    [other.params, other.stats].forEach(disposeParams);
  });

  it("has the published recipe as its default", () => {
    const { options } = retrain();
    expect(options).toMatchObject({ epochs: 182, batchSize: 256, weightDecay: 5e-4 });
    expect(options["schedule"]).toMatchObject({ name: "step-decay", lr: 0.1, milestones: [0.5, 136 / 182] });
  });

  it("refuses unknown options and values out of range", () => {
    expect(() => retrain({ lr: 0.1 } as never)).toThrow(
      /^retrain: expected options out of epochs, .*found "lr"/,
    );
    expect(() => retrain({ epochs: 0 })).toThrow(
      /^retrain: expected epochs to be a whole number of at least 1/,
    );
  });
});
