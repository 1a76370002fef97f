import { expect } from "vitest";

import type { ProgressEvent } from "@ltu/core";

import { releaseWeights, weightsOf } from "./contract-ground.ts";
import { meanLoss, runUnlearner } from "./run-unlearner.ts";
import {
  differences,
  expectSame,
  expectSameWeights,
  finished,
  readsData,
  type UnlearnerCheck,
} from "./subject.ts";

/** What comes out: names, numbers, promises, ledger, progress. */
export const outcomeChecks: readonly UnlearnerCheck[] = [
  {
    title: "has its name, and options that are plain JSON",
    run: async ({ name, make }) => {
      const { name: found, options } = make();
      expect(found).toBe(name);
      expect(JSON.parse(JSON.stringify(options))).toEqual(options);
    },
  },
  {
    title: "gives the same numbers for the same stream",
    run: async ({ make, ground, whole }) => {
      expectSame(finished(await runUnlearner(make(), ground)).outcome, (await whole()).outcome);
    },
  },
  {
    title: "depends on its stream, or does not ask it",
    run: async ({ make, ground, whole, drawsAtRandom }) => {
      const { numbers } = (await whole()).outcome;
      const other = finished(await runUnlearner(make(), ground, { seed: 4 })).outcome.numbers;
      const differing = differences(other, numbers);
      if (drawsAtRandom) expect(differing, "weights that differ with another stream").not.toEqual([]);
      else expect(differing, "weights that differ with another stream").toEqual([]);
    },
  },
  {
    title: "gives finite weights and a finite history",
    run: async ({ whole }) => {
      const { numbers, history } = (await whole()).outcome;
      for (const [name, { values }] of [...Object.entries(numbers.params), ...Object.entries(numbers.stats)])
        expect(values.every(Number.isFinite), name).toBe(true);
      for (const [name, series] of Object.entries(history))
        expect(series.every(Number.isFinite), name).toBe(true);
    },
  },
  {
    title: "does to the forget set what it expects",
    run: async ({ make, ground, whole }) => {
      const { numbers, forgetLoss } = (await whole()).outcome;
      const { expects } = make();
      expect(["unchanged", "forgetLossRises", "free"]).toContain(expects);
      if (expects === "unchanged") expectSameWeights(numbers, ground.original);
      if (expects !== "forgetLossRises") return;
      const weights = weightsOf(ground.original);
      try {
        const { model, batches, sets } = ground;
        const before = await meanLoss({ model, weights }, batches, sets.forgetSet);
        expect(forgetLoss, "mean cross-entropy on the forget set").toBeGreaterThan(before);
      } finally {
        releaseWeights(weights);
      }
    },
  },
  {
    title: "counts every image it pushes forward and back, preparation included",
    run: async ({ whole }) => {
      const { outcome, passes } = await whole();
      const { imagesForward, imagesBackward, steps, wallMs } = outcome.cost;
      expect(imagesForward, "images forward, as reported and as seen").toBe(passes.forward);
      expect(imagesBackward, "images backward, as reported and as seen").toBe(passes.backward);
      expect(imagesForward).toBeGreaterThanOrEqual(imagesBackward);
      expect(Number.isInteger(steps) && steps >= 0, `a number of steps, found ${steps}`).toBe(true);
      expect(wallMs).toBeGreaterThanOrEqual(0);
    },
  },
  {
    title: "tells of its progress, step by step",
    run: async ({ name, make, whole }) => {
      const { events } = await whole();
      if (!readsData(make())) return;
      expect(
        events.some(({ task }) => task.startsWith(name)),
        "an event of its own",
      ).toBe(true);
      for (const task of new Set(events.map((event) => event.task))) expectSteps(task, events);
    },
  },
];

function expectSteps(task: string, events: readonly ProgressEvent[]): void {
  const own = events.filter((event) => event.task === task);
  let before = 0;
  for (const { step, steps, values = {} } of own) {
    expect(step, `step of "${task}" after step ${before}`).toBeGreaterThan(before);
    expect(step, `step of "${task}"`).toBeLessThanOrEqual(steps);
    expect(steps, `steps of "${task}"`).toBe(own[0]?.steps);
    expect(Object.values(values).every(Number.isFinite), `values of "${task}"`).toBe(true);
    before = step;
  }
}
