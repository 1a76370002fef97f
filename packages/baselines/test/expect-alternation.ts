import { expect } from "vitest";

import type { BatchSource, IndexSet, Unlearner } from "@ltu/core";

import { forgetSet, retainSet, runUnlearner, source } from "./run-tiny.ts";

/**
 * Checks that a method makes whole passes in turns: over the forget set in the first `msteps` epochs, and after it, in
 * every epoch, over the retain set.
 */
export async function expectAlternation(
  unlearner: Unlearner,
  { epochs, msteps }: { readonly epochs: number; readonly msteps: number },
): Promise<void> {
  const asked: number[] = [];
  const batches: BatchSource = Object.assign(
    (indexes: IndexSet, options?: Parameters<BatchSource>[1]) => {
      asked.push(...indexes);
      return source(indexes, options);
    },
    { imageShape: source.imageShape, classes: source.classes },
  );
  await runUnlearner(unlearner, { batches });
  const passes = Array.from({ length: epochs }, (_, epoch) =>
    epoch < msteps ? [forgetSet, retainSet] : [retainSet],
  ).flat();
  const found = passes.map(({ length }) => asked.splice(0, length).toSorted((a, b) => a - b));
  expect(found).toEqual(passes.map((set) => [...set]));
  expect(asked).toEqual([]);
}
