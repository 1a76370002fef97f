import { LtuError, type IndexSet, type Rng } from "@ltu/core";

import { createLoadedData, type LoadedData } from "./loaded-data.ts";
import { normalization } from "./normalization.ts";
import { pixelNoise, valueNoise } from "./value-noise.ts";

/** Options of {@link synthetic}. */
export interface SyntheticOptions {
  readonly rng: Rng;
  /** Images in each part. Default: 2,000 training, 500 validation, 1,000 test. */
  readonly size?: { readonly train: number; readonly val: number; readonly test: number };
  /** Number of classes, at least 2. Default 10. */
  readonly classes?: number;
  /** `[height, width, channels]`. Default `[16, 16, 1]`. */
  readonly imageShape?: readonly [number, number, number];
  /**
   * How much of its picture a class shares with all others, from 0 to 1: at 0 classes are told apart at a glance,
   * at 1 they are the same and accuracy is chance. Default 0.6.
   */
  readonly classOverlap?: number;
  /**
   * Share of images, from 0 to 1, that show a picture of their own in place of their class's: only learning them by
   * heart gives their label, so they are where membership shows first. Default 0.2.
   */
  readonly atypicalShare?: number;
  /** Share of images, from 0 to 1, whose label is another class drawn at random. Default 0.05. */
  readonly labelNoise?: number;
  /**
   * Share of images, from 0 to 1, that show another image of their part and class again, with the same label: each pixel
   * within 2 of 255. Forgetting one of the two leaves its twin behind. Default 0.
   */
  readonly duplicateShare?: number;
}

/** Generated images, and what is known about each because it was generated. */
export interface SyntheticData extends LoadedData {
  /** The labels before noise. */
  readonly trueLabels: Int32Array;
  /** Images that show a picture of their own, in dataset order. */
  readonly atypical: IndexSet;
  /** Images whose label is not the true one, in dataset order. */
  readonly mislabelled: IndexSet;
  /** Images that show another one again, in dataset order. */
  readonly duplicates: IndexSet;
  /** The image that each of `duplicates` shows again; none of them is a duplicate itself. */
  readonly originals: IndexSet;
}

/**
 * Images made by a formula, for tests and first runs: no files, and dials for what makes unlearning hard.
 *
 * A picture is value noise: a coarse grid of random grays, enlarged bilinearly. With the picture `P_k` of class k
 * and the common picture `P`, a typical image of class k is
 *
 *     0.5 + (1 - classOverlap) P_k + classOverlap P + brightness + pixel noise
 *
 * and an atypical one has a picture drawn for it alone in place of the first two terms. All three parts are
 * drawn alike, so members and non-members differ in nothing but having been trained on. In each part classes are
 * equally frequent (but for rounding), and `round(share * size)` images are atypical or mislabelled. Then `round(share * size)`
 * images are replaced by duplicates, fewer only where no image of their class is left to show again; a duplicate is as typical
 * and as rightly labelled as its original.
 *
 * Under one seed, `classOverlap` changes the typical pictures alone, `labelNoise` labels alone, `duplicateShare` the duplicates
 * alone, and a larger `atypicalShare` or `labelNoise` adds images to those of a smaller one.
 *
 * Only sums and products of float64 numbers are used: the bytes are the same in every JavaScript engine.
 *
 * @returns The data with its ground truth. Plain arrays; nothing to dispose.
 * @throws LtuError `OPTION` for a share outside [0, 1], fewer than two classes or empty parts.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { synthetic } from "@ltu/datasets";
 *
 * const data = synthetic({ rng: createRng(1), size: { train: 200, val: 50, test: 50 }, labelNoise: 0.1 });
 * console.log(data.dataset.size, data.mislabelled.length); // → 300 30
 * ```
 */
export function synthetic({
  rng,
  size = { train: 2000, val: 500, test: 1000 },
  classes = 10,
  imageShape = [16, 16, 1],
  classOverlap = 0.6,
  atypicalShare = 0.2,
  labelNoise = 0.05,
  duplicateShare = 0,
}: SyntheticOptions): SyntheticData {
  checkShares({ classOverlap, atypicalShare, labelNoise, duplicateShare });
  checkCounts({ classes, ...size, height: imageShape[0], width: imageShape[1], channels: imageShape[2] });
  const [height, width, channels] = imageShape;
  const total = size.train + size.val + size.test;
  const stride = height * width * channels;
  const pixels = new Uint8Array(total * stride);
  const trueLabels = new Int32Array(total);
  const labels = new Int32Array(total);
  const classPictures = Array.from({ length: classes }, (_, k) =>
    valueNoise(rng.split("class").split(k), imageShape),
  );
  const common = valueNoise(rng.split("common"), imageShape);
  const ownPicture = new Uint8Array(total);
  const duplicates: number[] = [];
  const originals: number[] = [];
  let first = 0;
  for (const part of ["train", "val", "test"] as const) {
    const stream = rng.split(part);
    const length = size[part];
    const order = stream.split("labels").permutation(length);
    const isAtypical = chosen(stream.split("atypical"), length, atypicalShare);
    const isMislabelled = chosen(stream.split("mislabelled"), length, labelNoise);
    const noise = stream.split("noise");
    const other = stream.split("other-label");
    for (let i = 0; i < length; i++) {
      const image = first + i;
      const label = (order[i] as number) % classes;
      trueLabels[image] = label;
      labels[image] = isMislabelled[i] === 1 ? (label + 1 + other.integer(classes - 1)) % classes : label;
      ownPicture[image] = isAtypical[i] as number;
      const own = isAtypical[i] === 1 ? valueNoise(noise, imageShape) : undefined;
      const ofClass = classPictures[label] as Float64Array;
      const brightness = (noise.uniform() - 0.5) * 0.1;
      for (let p = 0; p < stride; p++) {
        const shown =
          own?.[p] ?? (1 - classOverlap) * (ofClass[p] as number) + classOverlap * (common[p] as number);
        const value = 0.5 + shown + brightness + pixelNoise(noise);
        pixels[image * stride + p] = Math.min(255, Math.max(0, Math.round(255 * value)));
      }
    }
    const copies = drawDuplicates(trueLabels.subarray(first, first + length), {
      rng: stream.split("duplicates"),
      share: duplicateShare,
    });
    for (const [copy, original, rng] of copies) {
      duplicates.push(first + copy);
      originals.push(first + original);
      labels[first + copy] = labels[first + original] as number;
      ownPicture[first + copy] = ownPicture[first + original] as number;
      for (let p = 0; p < stride; p++) {
        const value = (pixels[(first + original) * stride + p] as number) + rng.integer(5) - 2;
        pixels[(first + copy) * stride + p] = Math.min(255, Math.max(0, value));
      }
    }
    first += length;
  }
  const constants = (value: number): readonly number[] => Array.from({ length: channels }, () => value);
  const { mean, std } = normalization.synthetic;
  const data = createLoadedData({
    name: "synthetic",
    imageShape,
    classNames: Array.from({ length: classes }, (_, k) => `class-${k}`),
    pixels,
    labels,
    sizes: size,
    normalization: { mean: constants(mean[0] as number), std: constants(std[0] as number) },
    augmentation: "none",
  });
  return {
    ...data,
    trueLabels,
    atypical: Int32Array.from(ownPicture.keys()).filter((image) => ownPicture[image] === 1),
    mislabelled: Int32Array.from(labels.keys()).filter((image) => labels[image] !== trueLabels[image]),
    duplicates: Int32Array.from(duplicates),
    originals: Int32Array.from(originals),
  };
}

/** Positions of duplicates and of what they show again, of the same class, each with a stream for its pixels. */
function drawDuplicates(
  classes: Int32Array,
  { rng, share }: { readonly rng: Rng; readonly share: number },
): [copy: number, original: number, rng: Rng][] {
  const isCopy = chosen(rng.split("which"), classes.length, share);
  const ofClass = new Map<number, number[]>();
  classes.forEach((label, i) => {
    if (isCopy[i] === 1) return;
    const members = ofClass.get(label);
    if (members === undefined) ofClass.set(label, [i]);
    else members.push(i);
  });
  return [...isCopy.keys()].flatMap((copy): [number, number, Rng][] => {
    const candidates = ofClass.get(classes[copy] as number);
    if (isCopy[copy] !== 1 || candidates === undefined) return [];
    const stream = rng.split(copy);
    return [[copy, candidates[stream.integer(candidates.length)] as number, stream]];
  });
}

/** 1 for `round(share * length)` positions drawn at random, 0 for the others. */
function chosen(rng: Rng, length: number, share: number): Uint8Array {
  const flags = new Uint8Array(length);
  for (const position of rng.permutation(length).subarray(0, Math.round(share * length))) flags[position] = 1;
  return flags;
}

function checkShares(shares: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(shares)) {
    if (value >= 0 && value <= 1) continue;
    throw new LtuError(
      "OPTION",
      `synthetic: ${name} must be a number from 0 to 1, found ${value}; choose a share in that range.`,
    );
  }
}

function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    const least = name === "classes" ? 2 : name === "val" ? 0 : 1;
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new LtuError(
      "OPTION",
      `synthetic: ${name} must be a whole number of at least ${least}, found ${value}; give another number.`,
    );
  }
}
