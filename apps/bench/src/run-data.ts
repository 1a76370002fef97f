import { createHash } from "node:crypto";

import { createRng, LtuError } from "@ltu/core";
import {
  cifar10Groups,
  cutSplits,
  poisonLabels,
  withCoarseLabels,
  withLabels,
  type ClassGroups,
  type ContentHashOptions,
  type LoadedData,
} from "@ltu/datasets";

import type { Experiment } from "./config.ts";
import { classLabel } from "./forget/class-label.ts";
import { isNamed } from "./forget/forget-config.ts";

/** The data of a run: `dataset.labels` are those that the model is trained on. */
export interface RunData extends LoadedData {
  /** The classes that sets are cut by: finer than the labels where the model is trained on coarse ones. */
  readonly classes: { readonly labels: Int32Array; readonly names: readonly string[] };
  /** Labels before any was made wrong, where that is known. */
  readonly trueLabels?: Int32Array | undefined;
}

const hashing: ContentHashOptions = { createSha256: () => createHash("sha256") };

/**
 * Loaded data as an experiment asks for it: with coarse labels where `data.labels` says so, and with wrong labels where
 * the forget set is a poisoned one.
 *
 * @throws LtuError `OPTION` for coarse labels of data that has none, or a poisoning that cannot be.
 */
export function runData(experiment: Experiment, loaded: LoadedData, splitSeed: number): RunData {
  const plain = experiment.data.labels === "coarse" ? coarse(experiment, loaded) : fine(loaded);
  const { forget } = experiment;
  if (!isNamed(forget) || forget.kind !== "poisoned") return plain;
  const { train, val, test } = experiment.data;
  const { trainSet } = cutSplits(byClass(plain), { splitSeed, train, val, test, forget: 1 });
  const { labels, classNames } = plain.dataset;
  const poisoned = poisonLabels(trainSet, {
    labels,
    classes: classNames.length,
    share: forget.share,
    rng: createRng(splitSeed).split("poison"),
    ...(forget.confuse === undefined
      ? {}
      : {
          confuse: [
            classLabel(forget.confuse[0], classNames, "forget.confuse"),
            classLabel(forget.confuse[1], classNames, "forget.confuse"),
          ],
        }),
  });
  return {
    ...withLabels(plain, { labels: poisoned.labels }, hashing),
    classes: plain.classes,
    trueLabels: labels,
  };
}

/** The same data under the labels that sets are cut by: neither coarse nor poisoned labels change who is in which set. */
export function byClass({ classes, dataset, ...data }: RunData): LoadedData {
  return { ...data, dataset: { ...dataset, labels: classes.labels, classNames: classes.names } };
}

function fine(loaded: LoadedData): RunData {
  const { labels, classNames } = loaded.dataset;
  const { trueLabels } = loaded as { readonly trueLabels?: Int32Array };
  return { ...loaded, classes: { labels, names: classNames }, trueLabels };
}

/** Groups by the name of the data set; generated classes fall into a lower and an upper half. */
function groupsOf(name: string, classNames: readonly string[]): ClassGroups | undefined {
  if (name === "cifar10") return cifar10Groups;
  if (name !== "synthetic") return undefined;
  const labels = classNames.map((_, label) => label);
  const half = Math.ceil(labels.length / 2);
  return { lower: labels.slice(0, half), upper: labels.slice(half) };
}

function coarse({ data }: Experiment, loaded: LoadedData): RunData {
  const { fineLabels, fineClassNames, coarseLabels, coarseClassNames } = loaded as {
    readonly fineLabels?: Int32Array;
    readonly fineClassNames?: readonly string[];
    readonly coarseLabels?: Int32Array;
    readonly coarseClassNames?: readonly string[];
  };
  if (fineLabels && fineClassNames && coarseLabels && coarseClassNames) {
    const relabelled = withLabels(loaded, { labels: coarseLabels, classNames: coarseClassNames }, hashing);
    return { ...relabelled, classes: { labels: fineLabels, names: fineClassNames } };
  }
  const groups = groupsOf(data.name, loaded.dataset.classNames);
  if (groups === undefined) {
    throw new LtuError(
      "OPTION",
      `experiment: data.labels must be "fine" for ${data.name}, which has no coarse labels, found "coarse"; cifar10, cifar100 and synthetic data have both.`,
    );
  }
  const grouped = withCoarseLabels(loaded, groups, hashing);
  const { trueLabels } = fine(loaded);
  const coarseOf = (label: number): number =>
    Object.values(groups).findIndex((classes) => classes.includes(label));
  return {
    ...grouped,
    classes: { labels: grouped.fineLabels, names: grouped.fineClassNames },
    // A wrong label within the right group is a right one.
    trueLabels: trueLabels?.map(coarseOf),
  };
}
