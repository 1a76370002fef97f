import { createRng } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cutAuditSets } from "../../src/audit-sets.ts";
import { planSets, shadowTargets } from "../../src/shadows/shadow-sets.ts";
import type { PreparedSplits } from "../../src/stages/prepare.ts";

const range = (from: number, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => from + i);

/** Sets of a run: training images first, then validation, then test images. */
const runs = fc
  .record({
    forget: fc.integer({ min: 2, max: 40 }),
    retain: fc.integer({ min: 1, max: 60 }),
    test: fc.integer({ min: 20, max: 120 }),
    seed: fc.nat(1000),
    pairs: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ forget, retain, test, seed, pairs }) => {
    const splits: PreparedSplits = {
      trainSet: range(0, forget + retain),
      forgetSet: range(0, forget),
      retainSet: range(forget, retain),
      valSet: range(1000, 10),
      testSet: range(2000, test),
    };
    return { splits, rng: createRng(seed), count: 2 * pairs };
  });

describe("the sets of shadow models", () => {
  it("hold every target in exactly half of the models, which are all made to forget it", () => {
    fc.assert(
      fc.property(runs, ({ splits, rng, count }) => {
        const { shadows } = planSets({ rng }, { splits, count });
        const sets = cutAuditSets(splits.testSet, rng.split("audit"));
        const targets = shadowTargets(splits, sets, rng.split("shadows").split("targets"));
        const originals = shadows.filter(({ kind }) => kind === "original");
        const unlearned = shadows.filter(({ kind }) => kind === "unlearned");
        expect([originals.length, unlearned.length]).toEqual([count, count]);
        for (const target of [...targets.scored, ...targets.fitting]) {
          expect(originals.filter(({ trainedOn }) => trainedOn.includes(target))).toHaveLength(count / 2);
          expect(unlearned.filter(({ forgotten }) => forgotten.includes(target))).toHaveLength(count / 2);
        }
        for (const { trainedOn, forgotten } of unlearned) {
          const kept = trainedOn.filter((index) => !forgotten.includes(index));
          expect([...kept]).toEqual([...splits.retainSet]);
          expect(trainedOn.some((index) => splits.valSet.includes(index))).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("are as large as those of the audited model, where there are enough images that it has not seen", () => {
    fc.assert(
      fc.property(runs, ({ splits, rng, count }) => {
        fc.pre(splits.testSet.length >= 2 * splits.forgetSet.length + 20);
        const { shadows } = planSets({ rng }, { splits, count });
        for (const { trainedOn } of shadows)
          expect(Math.abs(trainedOn.length - splits.trainSet.length)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  it("score every forgotten image and fit on none that is scored", () => {
    fc.assert(
      fc.property(runs, ({ splits, rng }) => {
        const sets = cutAuditSets(splits.testSet, rng);
        const { scored, fitting } = shadowTargets(splits, sets, rng);
        const { length } = splits.forgetSet;
        expect(scored.slice(0, length)).toEqual(splits.forgetSet);
        expect(scored.slice(length).every((index) => sets.unseen.includes(index))).toBe(true);
        expect(fitting.every((index) => sets.fitNonMembers.includes(index))).toBe(true);
        expect(new Set([...scored, ...fitting]).size).toBe(scored.length + fitting.length);
      }),
      { numRuns: 40 },
    );
  });

  it("stay as they are when there are more of them", () => {
    fc.assert(
      fc.property(runs, ({ splits, rng, count }) => {
        const few = planSets({ rng }, { splits, count }).shadows;
        const many = planSets({ rng }, { splits, count: count + 2 }).shadows;
        expect(many.slice(0, few.length)).toEqual(few);
      }),
      { numRuns: 20 },
    );
  });
});
