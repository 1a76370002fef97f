import { stageKey } from "@ltu/runner";
import { memory } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { checkForget } from "../../src/forget/check-forget.ts";
import { planForgetSets } from "../../src/plan-forget-sets.ts";
import type { RunContext } from "../../src/run-context.ts";
import { decodeAccessibleRetain } from "../../src/stages/accessible-retain.ts";
import { decodeScores } from "../../src/stages/measure-memorisation.ts";
import { decodeSplits, type PreparedSplits } from "../../src/stages/prepare.ts";
import { decodeFeatures } from "../../src/stages/read-features.ts";
import { contextOf, tiny, withStages } from "./run-tiny.ts";

interface Made {
  readonly context: RunContext;
  readonly splits: PreparedSplits;
  readonly accessible: Int32Array;
  readonly originalKey: string;
}

/** Makes the sets of the tiny experiment with another forget set. */
async function make(forget: object, change: object = {}): Promise<Made> {
  const context = await contextOf(tiny({ forget, ...change }));
  checkForget(context);
  const planned = planForgetSets(context);
  const before = memory().numTensors;
  const made = await withStages(planned.stages, async (results) => ({
    context,
    splits: decodeSplits(await results.artefact(planned.prepare)),
    accessible: decodeAccessibleRetain(await results.artefact(planned.accessible)),
    originalKey: stageKey(planned.original),
  }));
  expect(memory().numTensors).toBe(before);
  return made;
}

const coarse = { data: { ...tiny({}).data, labels: "coarse" } };

describe("forget sets by name", () => {
  it("are chosen end to end, leave the rest, and share the original", async () => {
    const random = await make({ count: 20 });
    const sizes: [object, number | undefined][] = [
      [{ kind: "class", class: 3 }, undefined],
      [{ kind: "class", class: "class-3" }, undefined],
      [{ kind: "near-neighbours", count: 15 }, 15],
      [{ kind: "overlap", d: 0.5, count: 15 }, 15],
      [{ kind: "duplicates", threshold: 0.9, count: 5 }, 5],
      [{ kind: "memorisation", stratum: "high", count: 15, models: 2 }, 15],
      [{ kind: "mislabelled" }, 20],
      [{ kind: "worst-case", count: 15, method: { name: "random-labels", options: { epochs: 1 } } }, 15],
      [{ kind: "requests", sizes: [5, 7, 3], upTo: 2 }, 12],
    ];
    for (const [forget, size] of sizes) {
      const { splits, accessible, originalKey } = await make(forget);
      const what = JSON.stringify(forget);
      if (size !== undefined) expect(splits.forgetSet, what).toHaveLength(size);
      expect(splits.trainSet, what).toEqual(random.splits.trainSet);
      expect(
        [...splits.forgetSet, ...splits.retainSet].sort((a, b) => a - b),
        what,
      ).toEqual([...splits.trainSet]);
      const retained = new Set(splits.retainSet);
      expect(
        accessible.every((index) => retained.has(index)),
        what,
      ).toBe(true);
      expect(originalKey, what).toBe(random.originalKey);
    }
  });

  it("of a class are all its training images, by label or by name", async () => {
    const byLabel = await make({ kind: "class", class: 3 });
    const { labels } = byLabel.context.data.dataset;
    expect(byLabel.splits.forgetSet).toEqual(byLabel.splits.trainSet.filter((index) => labels[index] === 3));
    expect((await make({ kind: "class", class: "class-3" })).splits).toEqual(byLabel.splits);
  });

  it("of a sub-class are a fine class, and the model is trained on coarse labels", async () => {
    const { splits, context, originalKey } = await make({ kind: "sub-class", class: 1 }, coarse);
    const { dataset, classes } = context.data;
    expect(context.model.classes).toBe(2);
    expect(dataset.classNames).toEqual(["lower", "upper"]);
    expect(splits.forgetSet).toEqual(splits.trainSet.filter((index) => classes.labels[index] === 1));
    expect(splits.forgetSet.every((index) => dataset.labels[index] === 0)).toBe(true);
    // Other classes forgotten share that original; one trained on fine labels is another.
    expect((await make({ kind: "sub-class", class: 2 }, coarse)).originalKey).toBe(originalKey);
    expect((await make({ count: 20 })).originalKey).not.toBe(originalKey);
    // Who is in the training set does not depend on the kind of labels.
    expect((await make({ count: 20 })).splits.trainSet).toEqual(splits.trainSet);
  });

  it("that were poisoned are the images whose label the original was trained wrongly on", async () => {
    const { splits, context, originalKey } = await make({ kind: "poisoned", share: 0.1 });
    const clean = await make({ count: 20 });
    expect(splits.forgetSet).toHaveLength(20);
    const before = clean.context.data.dataset.labels;
    const { labels } = context.data.dataset;
    expect(splits.forgetSet.every((index) => labels[index] !== before[index])).toBe(true);
    expect(splits.retainSet.every((index) => labels[index] === before[index])).toBe(true);
    expect(splits.testSet.every((index) => labels[index] === before[index])).toBe(true);
    expect(splits.trainSet).toEqual(clean.splits.trainSet);
    expect(originalKey).not.toBe(clean.originalKey);
  });

  it("that are mislabelled are so for a model of coarse labels: only what has the label of the other group", async () => {
    const { splits, context } = await make({ kind: "mislabelled" }, coarse);
    const fine = await make({ kind: "mislabelled" });
    const { labels } = context.data.dataset;
    const { trueLabels = new Int32Array(0), dataset } = fine.context.data;
    // Of four classes the first two are the lower group.
    const groupOf = (label: number): number => (label < 2 ? 0 : 1);
    expect(fine.splits.forgetSet.every((index) => labels[index] === groupOf(dataset.labels[index]!))).toBe(
      true,
    );
    const wanted = fine.splits.forgetSet.filter((index) => groupOf(trueLabels[index]!) !== labels[index]);
    expect(wanted.length).toBeGreaterThan(3);
    expect(wanted.length).toBeLessThan(fine.splits.forgetSet.length);
    expect(splits.forgetSet).toEqual(wanted);
  });

  it("by memorisation rank images by what models with and without them say", async () => {
    const context = await contextOf(
      tiny({ forget: { kind: "memorisation", stratum: "high", count: 15, models: 2 } }),
    );
    const planned = planForgetSets(context);
    const measured = planned.prepare.dependsOn[1]!;
    await withStages(planned.stages, async (results) => {
      const scores = decodeScores(await results.artefact(measured));
      const { trainSet, forgetSet } = decodeSplits(await results.artefact(planned.prepare));
      const chosen = new Set(forgetSet);
      const side = (isChosen: boolean): number[] =>
        [...scores].filter((_, row) => chosen.has(trainSet[row]!) === isChosen);
      expect(Math.min(...side(true))).toBeGreaterThanOrEqual(Math.max(...side(false)));
      expect(Math.max(...scores)).toBeLessThanOrEqual(1);
      expect(Math.min(...scores)).toBeGreaterThanOrEqual(-1);
      // It neither reads the original nor depends on it.
      expect(measured.dependsOn).not.toContain(planned.original);
    });
  });

  it("by features read those of the original, one row for each training image", async () => {
    const context = await contextOf(tiny({ forget: { kind: "overlap", d: 0, count: 15 } }));
    const planned = planForgetSets(context);
    const read = planned.prepare.dependsOn[1]!;
    expect(read.dependsOn).toContain(planned.original);
    await withStages(planned.stages, async (results) => {
      const { features, featureWidth } = decodeFeatures(await results.artefact(read));
      expect(featureWidth).toBe(64);
      expect(features).toHaveLength(200 * 64);
    });
  });

  it("draw the accessible images once for a stream of requests; those that are requested leave it", async () => {
    const sizes = [20, 20, 20];
    const one = await make({ kind: "requests", sizes, upTo: 1 });
    const two = await make({ kind: "requests", sizes, upTo: 2 });
    const three = await make({ kind: "requests", sizes, upTo: 3 });
    for (const [earlier, later] of [
      [one, two],
      [two, three],
    ] as const) {
      const forgotten = new Set(later.splits.forgetSet);
      expect(earlier.splits.forgetSet.every((index) => forgotten.has(index))).toBe(true);
      expect([...later.splits.request!, ...earlier.splits.forgetSet].sort((a, b) => a - b)).toEqual([
        ...later.splits.forgetSet,
      ]);
      expect([...later.accessible]).toEqual([...earlier.accessible].filter((index) => !forgotten.has(index)));
    }
    expect(one.accessible.length).toBeGreaterThan(three.accessible.length);
  });

  it.each<[string, object, object, RegExp]>([
    ["a class that is not there", { kind: "class", class: 7 }, {}, /label from 0 to 3.*found 7/],
    ["a misspelt class", { kind: "class", class: "clas-3" }, {}, /did you mean "class-3"/],
    [
      "a misspelt class to confuse, under its own key",
      { kind: "poisoned", share: 0.1, confuse: ["class-0", "clas-3"] },
      {},
      /forget\.confuse must be a label .* found "clas-3"; did you mean "class-3"/,
    ],
    ["as many images as there are", { kind: "overlap", d: 0, count: 200 }, {}, /from 1 to 199.*found 200/],
    ["an image that is none of the split", { kind: "near-neighbours", count: 3, around: 399 }, {}, /around/],
    ["a sub-class of fine labels", { kind: "sub-class", class: 1 }, {}, /set data\.labels to "coarse"/],
    [
      "a method that is none",
      { kind: "worst-case", count: 3, method: { name: "finetun" } },
      {},
      /"finetune"/,
    ],
    [
      "an option that is none",
      { kind: "worst-case", count: 3, method: { name: "finetune", options: { epoch: 1 } } },
      {},
      /epoch/,
    ],
    ["requests that use everything up", { kind: "requests", sizes: [100, 100] }, {}, /requestStream.*200/],
    [
      "shadow models of a stream",
      { kind: "requests", sizes: [10] },
      { audit: { shadows: { budget: 2 } } },
      /audit\.shadows/,
    ],
    [
      "known wrong labels where none are known",
      { kind: "mislabelled" },
      { data: { name: "fashion-mini", train: 200, val: 100, test: 100 } },
      /use the kind poisoned/,
    ],
  ])("refuse %s before any work", async (_, forget, change, pattern) => {
    const checked = async (): Promise<void> => checkForget(await contextOf(tiny({ forget, ...change })));
    await expect(checked()).rejects.toThrow(pattern);
  });

  it("refuse coarse labels of data that has none", async () => {
    const data = { name: "fashion-mini", train: 200, val: 100, test: 100, labels: "coarse" };
    await expect(contextOf(tiny({ data }))).rejects.toThrow(/has no coarse labels/);
  });
});
