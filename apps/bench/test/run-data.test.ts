import { cifar10ClassNames, createLoadedData, type LoadedData } from "@ltu/datasets";
import { describe, expect, it } from "vitest";

import { chooseForgetSet } from "../src/forget/choose-forget-set.ts";
import { forgottenClass, testParts } from "../src/forget/forgotten-class.ts";
import { byClass, runData } from "../src/run-data.ts";
import { forgetStream } from "../src/stages/prepare.ts";
import { tiny } from "./forget/run-tiny.ts";

/** Forty images of one pixel: thirty to train and ten to test, labels in turn. */
const dataOf = (name: string, classNames: readonly string[]): LoadedData =>
  createLoadedData({
    name,
    imageShape: [1, 1, 1],
    classNames,
    pixels: Uint8Array.from({ length: 40 }, (_, i) => i),
    labels: Int32Array.from({ length: 40 }, (_, i) => i % classNames.length),
    sizes: { train: 30, test: 10 },
    normalization: { mean: [0.5], std: [0.25] },
    augmentation: "none",
  });
const names = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind}-${i}`);

/** CIFAR-100 in small: ten fine classes, of which two follow each other in a coarse one. */
const fine = dataOf("cifar100", names("fine", 10));
const cifar100 = {
  ...fine,
  fineLabels: fine.dataset.labels,
  fineClassNames: fine.dataset.classNames,
  coarseLabels: fine.dataset.labels.map((label) => Math.floor(label / 2)),
  coarseClassNames: names("coarse", 5),
};
const cifar10 = dataOf("cifar10", cifar10ClassNames);

const experimentOn = (name: string, labels: string, forget: object) =>
  tiny({ data: { name, train: 25, val: 5, test: 10, labels }, forget });

describe.each([
  ["cifar100", cifar100, "fine-3", cifar100.coarseClassNames, 1],
  ["cifar10", cifar10, "automobile", ["animal", "vehicle"], 1],
] as const)("runData of %s with coarse labels", (name, loaded, forgotten, classNames, coarseLabel) => {
  const experiment = experimentOn(name, "coarse", { kind: "sub-class", class: forgotten });
  const data = runData(experiment, loaded, 1);

  it("trains on coarse labels and cuts sets by the fine ones, on the same pixels", () => {
    expect(data.dataset.classNames).toEqual(classNames);
    expect(data.dataset.pixels).toBe(loaded.dataset.pixels);
    expect(data.classes).toEqual({ labels: loaded.dataset.labels, names: loaded.dataset.classNames });
    expect(byClass(data).dataset.labels).toBe(loaded.dataset.labels);
    expect(data.contentHash).not.toBe(loaded.contentHash);
    const plain = runData(experimentOn(name, "fine", { count: 3 }), loaded, 1);
    expect(plain.dataset.labels).toBe(loaded.dataset.labels);
    expect(plain.contentHash).toBe(loaded.contentHash);
  });

  it("forgets a fine class, whose images leave the test set; the coarse class stays", () => {
    const label = loaded.dataset.classNames.indexOf(forgotten);
    const { train: trainSet, test: testSet } = data.parts;
    const { forget } = experiment;
    if (!("kind" in forget)) throw new Error("no named forget set");
    const { forgetSet } = chooseForgetSet(trainSet, forget, { data, rng: forgetStream(1, forget) });
    expect(forgetSet).toEqual(trainSet.filter((index) => loaded.dataset.labels[index] === label));
    expect(forgetSet.length).toBe(3);
    expect([...forgetSet].every((index) => data.dataset.labels[index] === coarseLabel)).toBe(true);

    const parts = testParts(testSet, forgottenClass(experiment, data));
    expect([...parts.forgotten].map((index) => loaded.dataset.labels[index])).toEqual([label]);
    expect([...parts.others, ...parts.forgotten].sort((a, b) => a - b)).toEqual([...testSet]);
    expect([...parts.others].some((index) => data.dataset.labels[index] === coarseLabel)).toBe(true);
  });
});

describe("runData", () => {
  it("poisons coarse labels of training images, and tells the true ones", () => {
    const experiment = experimentOn("cifar100", "coarse", { kind: "poisoned", share: 0.2 });
    const data = runData(experiment, cifar100, 1);
    expect(data.trueLabels).toEqual(cifar100.coarseLabels);
    const changed = data.dataset.labels.filter((label, i) => label !== cifar100.coarseLabels[i]);
    expect(changed.length).toBe(5);
    expect(Math.max(...data.dataset.labels)).toBeLessThan(5);
    expect([...data.parts.test].every((i) => data.dataset.labels[i] === cifar100.coarseLabels[i])).toBe(true);
    expect(data.dataset.pixels).toBe(cifar100.dataset.pixels);
  });

  it("refuses coarse labels where there are none", () => {
    expect(() =>
      runData(experimentOn("mnist", "coarse", { count: 3 }), dataOf("mnist", names("digit", 10)), 1),
    ).toThrow(/data\.labels must be "fine" for mnist, which has no coarse labels, found "coarse";/);
  });
});
