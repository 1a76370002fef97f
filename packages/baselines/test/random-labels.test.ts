import { describe, expect, it } from "vitest";

import { createRng, type Batch, type BatchSource, type IndexSet } from "@ltu/core";
import { gaussianBatches } from "@ltu/testing";

import { describeUnlearner } from "../src/contract/index.ts";
import { randomLabels } from "../src/index.ts";
import { forgetSet, model, retainSet, runUnlearner, source } from "./run-tiny.ts";

const quick = { epochs: 2, batchSize: 8 } as const;

describeUnlearner("random-labels", () => randomLabels(quick));
describeUnlearner("random-labels", () =>
  randomLabels({ ...quick, order: "mixed", excludeTrueLabel: true, retainAccess: "rho" }),
);

/** Notes the batches that were asked for. */
const noting = (): { batches: BatchSource; asked: number[][] } => {
  const asked: number[][] = [];
  const batches: BatchSource = Object.assign(
    (indexes: IndexSet, options?: Parameters<BatchSource>[1]): Batch => {
      asked.push([...indexes]);
      return source(indexes, options);
    },
    { imageShape: source.imageShape, classes: source.classes },
  );
  return { batches, asked };
};

describe("randomLabels", () => {
  it("passes over the forget set, then over the retain set, when sequential", async () => {
    const { batches, asked } = noting();
    await runUnlearner(randomLabels({ ...quick, epochs: 1, batchSize: 5 }), { batches });
    expect(asked.map((indexes) => indexes.length)).toEqual([5, 2, 5, 5, 5, 5, 5]);
    expect(
      asked
        .slice(0, 2)
        .flat()
        .toSorted((a, b) => a - b),
    ).toEqual([...forgetSet]);
    expect(
      asked
        .slice(2)
        .flat()
        .toSorted((a, b) => a - b),
    ).toEqual([...retainSet]);
  });

  it("passes once over both together when mixed", async () => {
    const { batches, asked } = noting();
    await runUnlearner(randomLabels({ ...quick, epochs: 1, order: "mixed" }), { batches });
    expect(asked.map((indexes) => indexes.length)).toEqual([8, 8, 8, 8]);
    const first = asked.slice(0, 2).flat();
    expect(first.some((index) => index < 7) && first.some((index) => index >= 7)).toBe(true);
    expect(asked.flat().toSorted((a, b) => a - b)).toEqual([...forgetSet, ...retainSet]);
  });

  it("forgets: with wrong labels only, the forget set's loss on true labels rises above the start", async () => {
    const two = gaussianBatches(createRng(5), { size: 30, classes: 2 });
    const request = { batches: two, model: model.withClasses(2) };
    const original = request.model.init(createRng(6));
    const options = { epochs: 8, batchSize: 8, lr: 0.1, excludeTrueLabel: true } as const;
    const sets = {
      forgetSet: Int32Array.from([0, 2, 4, 6, 8]),
      retainSet: Int32Array.from([1, 3, 5, 7, 9, 11]),
    };
    const { numbers } = await runUnlearner(randomLabels(options), { ...request, ...sets, original });
    // All samples to forget are of class 0 and can only be called 1; all retained ones are 1: the bias must follow.
    const bias = numbers["fc.bias"] as number[];
    const start = Array.from(
      await (original.params["fc.bias"] as NonNullable<(typeof original.params)[string]>).data(),
    );
    expect((bias[1] as number) - (bias[0] as number)).toBeGreaterThan(
      (start[1] as number) - (start[0] as number),
    );
    for (const tree of [original.params, original.stats])
      for (const tensor of Object.values(tree)) tensor.dispose();
  });

  it("refuses unknown options and values", () => {
    expect(() => randomLabels({ order: "random" as "mixed" })).toThrow(/order to be "sequential" or "mixed"/);
    expect(() => randomLabels({ excludeTrueLabel: 1 as never })).toThrow(
      /excludeTrueLabel to be true or false/,
    );
    expect(() => randomLabels({ classes: 10 } as never)).toThrow(
      /expected options out of .*order.*found "classes"/,
    );
  });
});
