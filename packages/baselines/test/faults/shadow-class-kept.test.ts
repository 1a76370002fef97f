import { describe, expect, it } from "vitest";

import { createRng, disposeParams, type Unlearner } from "@ltu/core";

import { boundaryExpanding, type BoundaryExpandingOptions } from "../../src/index.ts";
import { forgetSet, model, source } from "../run-tiny.ts";

/** That a method, as its defaults are, hands out a model of the data's classes, or says in its options that it does not. */
async function expectClassesOfTheData(make: (options: BoundaryExpandingOptions) => Unlearner): Promise<void> {
  const original = model.init(createRng(2));
  const unlearner = make({ epochs: 1, batchSize: 4 });
  const result = await unlearner.unlearn({ model, original, batches: source, forgetSet, rng: createRng(3) });
  const outputs = result.weights.params["fc.bias"]?.size;
  for (const { params, stats } of [original, result.weights]) [params, stats].forEach(disposeParams);
  expect(unlearner.options["dropShadow"]).toBe(true);
  expect(result.model.classes).toBe(source.classes);
  expect(outputs).toBe(source.classes);
}

/**
 * Boundary expanding whose extra class is still there when the model is evaluated. As in Unlearn-Saliency a6e89fd,
 * `Classification/unlearn/boundary_ex.py`.
 */
const keepsTheShadow = (options: BoundaryExpandingOptions): Unlearner => ({
  ...boundaryExpanding({ ...options, dropShadow: false }),
  options: boundaryExpanding(options).options,
});

describe("fault 16: boundary expanding evaluated with its extra class", () => {
  it("is refused, ours drops it unless asked, and both are told apart by name", async () => {
    await expect(expectClassesOfTheData(keepsTheShadow)).rejects.toThrow(/expected 4 to be 3/);
    await expectClassesOfTheData(boundaryExpanding);
    expect(boundaryExpanding({ dropShadow: false }).options["dropShadow"]).toBe(false);
  });
});
