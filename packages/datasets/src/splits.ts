import { createRng, LtuError, type IndexSet, type Rng } from "@ltu/core";

import { randomForget } from "./forget-sets/random-forget.ts";
import type { LoadedData } from "./loaded-data.ts";

/** Options of {@link cutSplits}. */
export interface SplitOptions {
  /** The one seed of all sets. */
  readonly splitSeed: number;
  /**
   * |D_f|, drawn uniformly: below 1 a share of the training set, from 1 on a number of images. Or a function that chooses
   * D_f from D_train, such as `(trainSet) => classForget(trainSet, { labels, class: 3 })`.
   */
  readonly forget: number | ((trainSet: IndexSet) => IndexSet);
  /** ρ = |accessibleRetain| / |retainSet|, in (0, 1]. Default 0.3. */
  readonly retainFraction?: number;
  /** |D_train|. Default: all of the training part that `valSet` leaves. */
  readonly train?: number;
  /** |D_val|. Default: all of the validation part, or a tenth of the training part where there is none. */
  readonly val?: number;
  /** |D_test|. Default: all of the test part. */
  readonly test?: number;
}

/** The sets of one experiment, as sorted positions in the one data set. */
export interface Splits {
  /** D_train = `forgetSet` and `retainSet` together. */
  readonly trainSet: IndexSet;
  readonly valSet: IndexSet;
  readonly testSet: IndexSet;
  /** D_f. */
  readonly forgetSet: IndexSet;
  /** D_r. */
  readonly retainSet: IndexSet;
  /** The share of D_r that an unlearning method may touch. */
  readonly accessibleRetain: IndexSet;
}

/**
 * Cuts all sets of an experiment from one seed, so that every forget sample was a training sample of the original.
 *
 * - `valSet`: the data's validation part; where there is none, drawn from the training part before anything else.
 * - `trainSet`, `valSet` and `testSet`, where they are smaller than what they are drawn from, take the same share
 *   of each class (the largest remainders get the images that are left).
 * - `forgetSet`: uniform from `trainSet`, not per class ({@link randomForget}), or what `forget` chooses from it.
 * - `accessibleRetain`: `round(retainFraction * |retainSet|)` images, at least one, uniform from `retainSet`.
 *
 * Each set has its own stream: another `forget` leaves `trainSet`, `valSet` and `testSet` as they are.
 *
 * @returns Sorted index sets; nothing is copied from the data.
 * @throws LtuError `OPTION` naming the option that does not fit.
 *
 * Source: sizes and manner of `OPTML-Group/Unlearn-Saliency` a6e89fd, `Classification/dataset.py`.
 * *Differs from the source in* one seed for everything: there the original model and the forget set come from
 * different splits, so that a tenth of the forget set was never trained on.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { cutSplits, synthetic } from "@ltu/datasets";
 *
 * const data = synthetic({ rng: createRng(1) });
 * const { forgetSet, retainSet, accessibleRetain } = cutSplits(data, { forget: 0.1, splitSeed: 7 });
 * console.log(forgetSet.length, retainSet.length, accessibleRetain.length); // → 200 1800 540
 * ```
 */
export function cutSplits(
  loaded: LoadedData,
  { splitSeed, forget, retainFraction = 0.3, train, val, test }: SplitOptions,
): Splits {
  if (!(retainFraction > 0 && retainFraction <= 1)) {
    throw new LtuError(
      "OPTION",
      `cutSplits: retainFraction must be above 0 and at most 1, found ${retainFraction}; the usual value is 0.3.`,
    );
  }
  const rng = createRng(splitSeed).split("splits");
  const { dataset, parts } = loaded;
  const draw = (name: "train" | "val" | "test", from: IndexSet, count: number | undefined): IndexSet =>
    perClass(dataset.labels, from, { name, count: count ?? from.length, rng: rng.split(name) });

  const valSet =
    parts.val === undefined
      ? draw("val", parts.train, val ?? Math.round(parts.train.length / 10))
      : draw("val", parts.val, val);
  const trainSet = draw("train", parts.val === undefined ? without(parts.train, valSet) : parts.train, train);
  const testSet = draw("test", parts.test, test);
  const forgetSet =
    typeof forget === "number"
      ? randomForget(trainSet, forget, { rng: rng.split("forget") })
      : checkedForgetSet(trainSet, forget(trainSet.slice()));
  const retainSet = without(trainSet, forgetSet);
  const accessible = Math.max(1, Math.round(retainFraction * retainSet.length));
  const accessibleRetain = rng.split("accessible-retain").choice(retainSet, accessible).sort();
  return { trainSet, valSet, testSet, forgetSet, retainSet, accessibleRetain };
}

/** A forget set somebody else chose, sorted, if it is a part of the training set. */
function checkedForgetSet(trainSet: IndexSet, chosen: IndexSet): IndexSet {
  const trained = new Set(trainSet);
  const outside = chosen.find((index) => !trained.has(index));
  const distinct = new Set(chosen).size;
  if (outside !== undefined || distinct !== chosen.length || distinct < 1 || distinct >= trainSet.length) {
    const found =
      outside === undefined
        ? `${distinct} different images in ${chosen.length} positions`
        : `image ${outside}`;
    throw new LtuError(
      "OPTION",
      `cutSplits: forget must choose at least one and fewer than all ${trainSet.length} training images, each once, found ${found}; choose from the trainSet it is given.`,
    );
  }
  return chosen.slice().sort();
}

/** `count` of the positions, the same share of every class, sorted. */
function perClass(
  labels: Int32Array,
  from: IndexSet,
  { name, count, rng }: { name: "train" | "val" | "test"; count: number; rng: Rng },
): IndexSet {
  const least = name === "val" ? 0 : 1;
  if (!Number.isSafeInteger(count) || count < least || count > from.length) {
    throw new LtuError(
      "OPTION",
      `cutSplits: ${name} must be a whole number from ${least} to the ${from.length} images there are for it, found ${count}; ask for fewer.`,
    );
  }
  const ofClass = new Map<number, number[]>();
  for (const index of from) {
    const label = labels[index] as number;
    const members = ofClass.get(label);
    if (members === undefined) ofClass.set(label, [index]);
    else members.push(index);
  }
  const shares = [...ofClass.entries()]
    .sort(([a], [b]) => a - b)
    .map(([label, members]) => ({ label, members, exact: (members.length * count) / from.length }));
  const whole = shares.reduce((sum, { exact }) => sum + Math.floor(exact), 0);
  const byRemainder = shares
    .map(({ exact }, position) => ({ position, remainder: exact - Math.floor(exact) }))
    .sort((a, b) => b.remainder - a.remainder || a.position - b.position);
  const luckier = new Set(byRemainder.slice(0, count - whole).map(({ position }) => position));
  return Int32Array.from(
    shares.flatMap(({ label, members, exact }, position) => {
      const taken = Math.floor(exact) + (luckier.has(position) ? 1 : 0);
      return [...rng.split(label).choice(Int32Array.from(members), taken)];
    }),
  ).sort();
}

/** The positions of `all` that are not in `some`, in their order. */
function without(all: IndexSet, some: IndexSet): IndexSet {
  const left = new Set(some);
  return all.filter((index) => !left.has(index));
}
