import fc from "fast-check";
import { expect } from "vitest";

import { isLtuError, type IndexSet } from "@ltu/core";

import type { ContractSets, WeightNumbers } from "./contract-ground.ts";
import { joined, neededSets, runUnlearner } from "./run-unlearner.ts";
import {
  expectRefusal,
  expectSame,
  expectSameWeights,
  finished,
  readsData,
  type UnlearnerCheck,
} from "./subject.ts";

/** What a method may read, and what it refuses to work on. */
export const accessChecks: readonly UnlearnerCheck[] = [
  {
    title: "reads of each set that it declares to need, and of nothing else",
    run: async ({ make, ground, whole }) => {
      const { samples, outcome } = await whole();
      for (const name of neededSets(make())) {
        const isRead = ground.sets[name].some((index) => samples.has(index));
        expect(isRead, `a sample of the ${name}, which it declares to need`).toBe(true);
      }
      // Whatever else a request holds must not be touched: reading it throws.
      const needed = neededSets(make()).map((name) => ground.sets[name]);
      const all = { sets: ground.sets, readable: joined(needed) };
      expectSame(finished(await runUnlearner(make(), ground, all)).outcome, outcome);
    },
  },
  {
    title: "keeps to its sets whatever their sizes, or says in one sentence why it cannot",
    run: async ({ make, ground }) => {
      await fc.assert(
        fc.asyncProperty(anySets, async (sets) => {
          const needed = neededSets(make());
          const given = Object.fromEntries(needed.map((name) => [name, sets[name]]));
          const run = await runUnlearner(make(), ground, { sets: { forgetSet: sets.forgetSet, ...given } });
          expect(run.tensorsLeft, "tensors left").toBe(0);
          if (run.outcome === undefined && !isLtuError(run.error)) throw run.error;
        }),
        { numRuns: 4, seed: 1, endOnFailure: true },
      );
    },
  },
  {
    title: "names missing data in one sentence before any work",
    run: async ({ make, ground }) => {
      for (const name of neededSets(make())) {
        if (name === "forgetSet") continue;
        for (const missing of [undefined, new Int32Array(0)]) {
          const run = await runUnlearner(make(), ground, { sets: { [name]: missing } });
          expectRefusal(run, { code: "DATA", words: wordsFor[name] });
        }
      }
    },
  },
  {
    title: "refuses a sample that is both to forget and to retain",
    run: async ({ make, ground }) => {
      for (const name of neededSets(make())) {
        if (name !== "retainSet" && name !== "accessibleRetain") continue;
        const both = joined([ground.sets.forgetSet.slice(6, 7), ground.sets[name]]);
        expectRefusal(await runUnlearner(make(), ground, { sets: { [name]: both } }), {
          code: "DATA",
          words: /\b6\b/,
        });
      }
    },
  },
  {
    title: "is the identity, or refuses in one sentence, when there is nothing to forget",
    run: async ({ make, ground }) => {
      const run = await runUnlearner(make(), ground, { sets: { forgetSet: new Int32Array(0) } });
      if (run.outcome !== undefined) expectSameWeights(run.outcome.numbers, ground.original);
      else expectRefusal(run, { code: "DATA", words: /forget set/ });
    },
  },
  {
    title: "refuses a model that does not fit the data",
    run: async ({ make, ground }) => {
      if (!readsData(make())) return;
      const run = await runUnlearner(make(), ground, { classes: ground.model.classes + 1 });
      expectRefusal(run, { code: "SHAPE", words: /class/ });
    },
  },
  {
    title: "refuses original weights that are not finite, before any work",
    run: async ({ make, ground }) => {
      const { params, stats } = ground.original;
      for (const [tree, value] of [
        [params, Number.NaN],
        [stats, Number.POSITIVE_INFINITY],
      ] as const) {
        const name = Object.keys(tree).at(-1);
        if (name === undefined) continue;
        const original = withValue(ground.original, name, value);
        expectRefusal(await runUnlearner(make(), ground, { original }), { code: "DATA", words: /finite/ });
      }
    },
  },
  {
    title: "refuses a label outside the classes of the data",
    run: async ({ make, ground, readsLabels }) => {
      const [read] = neededSets(make());
      if (!readsLabels || read === undefined) return;
      const wronglyLabelled = ground.sets[read][2] as number;
      const run = await runUnlearner(make(), ground, { wronglyLabelled });
      expectRefusal(run, { code: "DATA", words: /label/, afterReading: true });
    },
  },
];

const wordsFor: Readonly<Record<keyof ContractSets, RegExp>> = {
  forgetSet: /forget/,
  retainSet: /retain/,
  accessibleRetain: /retain/,
  valSet: /val/,
};

/** Disjoint sets of any sizes, in any order, out of the suite's samples. */
const anySets: fc.Arbitrary<ContractSets> = fc
  .record({
    samples: fc.shuffledSubarray(
      Array.from({ length: 48 }, (_, i) => i),
      { minLength: 48, maxLength: 48 },
    ),
    forget: fc.integer({ min: 1, max: 12 }),
    retain: fc.integer({ min: 2, max: 24 }),
    val: fc.integer({ min: 2, max: 12 }),
    share: fc.double({ min: 0.2, max: 1, noNaN: true }),
  })
  .map(({ samples, forget, retain, val, share }) => {
    const taken = (start: number, count: number): IndexSet =>
      Int32Array.from(samples.slice(start, start + count));
    const retainSet = taken(forget, retain);
    return {
      forgetSet: taken(0, forget),
      retainSet,
      accessibleRetain: retainSet.slice(0, Math.max(1, Math.round(share * retain))),
      valSet: taken(forget + retain, val),
    };
  });

/** The same weights with one number of one tensor replaced. */
function withValue(weights: WeightNumbers, name: string, value: number): WeightNumbers {
  const changed = (tree: WeightNumbers["params"]): WeightNumbers["params"] =>
    Object.fromEntries(
      Object.entries(tree).map(([key, { shape, values }]) => [
        key,
        { shape, values: key === name ? values.map((v, i) => (i === 1 ? value : v)) : values },
      ]),
    );
  return { params: changed(weights.params), stats: changed(weights.stats) };
}
