import fc from "fast-check";
import { expect } from "vitest";

import { runUnlearner } from "./run-unlearner.ts";
import { expectFailed, expectSameWeights, readsData, type UnlearnerCheck } from "./subject.ts";

/** What is borrowed and what is owned. */
export const borrowingChecks: readonly UnlearnerCheck[] = [
  {
    title: "leaves the original weights and the sets as they were",
    run: async ({ make, ground, whole }) => {
      const { originalAfter, setsAfter } = await whole();
      expectSameWeights(originalAfter, ground.original);
      for (const [name, set] of Object.entries(setsAfter))
        expect(set, name).toEqual(ground.sets[name as keyof typeof ground.sets]);
      const failed = await runUnlearner(make(), ground, { onBatch: failAt(1) });
      expectSameWeights(failed.originalAfter, ground.original);
    },
  },
  {
    title: "leaves no tensor behind but its result",
    run: async ({ whole }) => {
      expect((await whole()).tensorsLeft).toBe(0);
    },
  },
  {
    title: "passes on an error of the data, and leaves no tensor behind then",
    run: async ({ make, ground, whole }) => {
      if (!readsData(make())) return;
      const { batches } = await whole();
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: batches - 1 }), async (batch) => {
          const run = await runUnlearner(make(), ground, { onBatch: failAt(batch) });
          expectFailed(run, "must pass on the error");
          const { error, tensorsLeft } = run;
          expect(String((error as Error).stack) + String((error as Error).cause)).toContain("no such batch");
          expect(tensorsLeft, `tensors left after an error in batch ${batch + 1} of ${batches}`).toBe(0);
        }),
        { numRuns: 3, seed: 1, endOnFailure: true, examples: [[0], [batches - 1]] },
      );
    },
  },
];

function failAt(batch: number): (batches: number) => void {
  return (batches) => {
    if (batches === batch) throw new Error("no such batch");
  };
}
