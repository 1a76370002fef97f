import fc from "fast-check";
import { expect } from "vitest";

import { isLtuError, type CheckpointPort } from "@ltu/core";

import { runUnlearner, type Run } from "./run-unlearner.ts";
import {
  expectFailed,
  expectSame,
  finished,
  readsData,
  type UnlearnerCheck,
  type UnlearnerSubject,
} from "./subject.ts";

/** Stopping and going on. */
export const interruptionChecks: readonly UnlearnerCheck[] = [
  {
    title: "does not begin when it is asked to stop",
    run: async ({ make, ground }) => {
      if (!readsData(make())) return;
      const run = await runUnlearner(make(), ground, { signal: AbortSignal.abort() });
      expectFailed(run, "must be stopped");
      const { error, batches, tensorsLeft } = run;
      expectAborted(error);
      expect({ batches, tensorsLeft }).toEqual({ batches: 0, tensorsLeft: 0 });
    },
  },
  {
    title: "stops within a step when it is asked to, and leaves no tensor behind",
    run: async (subject) => {
      const whole = await subject.whole();
      if (whole.batches < 2) return;
      // Batches of one step, preparation spread over the steps.
      const step = Math.ceil(whole.batches / Math.max(1, whole.outcome.cost.steps));
      const inHalf = Math.floor(whole.batches / 2) - 1;
      for (const batch of new Set([0, inHalf])) {
        const run = await stoppedAt(subject, batch);
        expectFailed(run, `must be stopped in batch ${batch + 1} of ${whole.batches}`);
        const { error, batches, tensorsLeft } = run;
        expectAborted(error);
        expect(batches, "batches read until it stopped").toBeLessThanOrEqual(batch + 1 + step);
        expect(tensorsLeft, "tensors left").toBe(0);
      }
    },
  },
  {
    title: "goes on from its checkpoint to the very numbers of the uninterrupted run",
    run: async (subject) => {
      const { make, ground } = subject;
      const whole = await subject.whole();
      if (whole.batches < 2) return;
      const goOn = async (batch: number): Promise<{ readonly saves: number; readonly resumed: Run }> => {
        const { port, saves } = memoryPort();
        await stoppedAt(subject, batch, port);
        const saved = saves();
        const resumed = await runUnlearner(make(), ground, { checkpoint: port });
        expectSame(finished(resumed).outcome, whole.outcome);
        expect(resumed.tensorsLeft, "tensors left by the resumed run").toBe(0);
        return { saves: saved, resumed };
      };
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: whole.batches - 1 }), async (batch) => {
          await goOn(batch);
        }),
        { numRuns: 2, seed: 1, endOnFailure: true },
      );
      // A training loop must have something to go on from near its end, and use it.
      const { saves, resumed } = await goOn(whole.batches - 2);
      if (whole.outcome.cost.steps < 2) return;
      expect(saves, "checkpoints saved before the last batch").toBeGreaterThan(0);
      expect(resumed.batches, "batches read by the resumed run").toBeLessThan(whole.batches);
    },
  },
  {
    title: "gives its result again from the checkpoint of a finished run",
    run: async ({ make, ground, whole }) => {
      const { port } = memoryPort();
      const first = finished(await runUnlearner(make(), ground, { checkpoint: port }));
      expectSame(first.outcome, (await whole()).outcome);
      expectSame(finished(await runUnlearner(make(), ground, { checkpoint: port })).outcome, first.outcome);
    },
  },
  {
    title: "refuses a damaged checkpoint",
    run: async ({ make, ground, whole }) => {
      if ((await whole()).outcome.cost.steps < 2) return;
      const { port, damage } = memoryPort();
      finished(await runUnlearner(make(), ground, { checkpoint: port }));
      damage();
      const run = await runUnlearner(make(), ground, { checkpoint: port });
      expectFailed(run, "must be refused");
      const { error, tensorsLeft } = run;
      if (!isLtuError(error)) throw new Error("must be refused with an LtuError", { cause: error });
      expect(tensorsLeft, "tensors left").toBe(0);
    },
  },
];

function stoppedAt(
  { make, ground }: UnlearnerSubject,
  batch: number,
  checkpoint?: CheckpointPort,
): Promise<Run> {
  const controller = new AbortController();
  const onBatch = (batches: number): void => {
    if (batches === batch) controller.abort();
  };
  return runUnlearner(make(), ground, {
    onBatch,
    signal: controller.signal,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
}

function expectAborted(error: unknown): void {
  if (!isLtuError(error)) throw new Error("must stop with an LtuError", { cause: error });
  expect(error.code).toBe("ABORTED");
}

/** Keeps the last checkpoint in memory. */
function memoryPort(): {
  readonly port: CheckpointPort;
  readonly saves: () => number;
  /** Changes bytes in the middle of it. */
  readonly damage: () => void;
} {
  let last: Uint8Array | undefined;
  let count = 0;
  return {
    port: {
      load: () => Promise.resolve(last?.slice()),
      save: (bytes) => {
        count += 1;
        last = bytes.slice();
        return Promise.resolve();
      },
    },
    saves: () => count,
    damage: () => {
      last = last?.map((byte, i) => (i % 7 === 3 ? byte ^ 0xff : byte));
    },
  };
}
