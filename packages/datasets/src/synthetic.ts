import { LtuError, type IndexSet, type Rng } from "@ltu/core";

import { createLoadedData, type LoadedData } from "./loaded-data.ts";
import { normalization } from "./normalization.ts";

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
}

/** Generated images, and what is known about each because it was generated. */
export interface SyntheticData extends LoadedData {
  /** The labels before noise. */
  readonly trueLabels: Int32Array;
  /** Images that show a picture of their own, in dataset order. */
  readonly atypical: IndexSet;
  /** Images whose label is not the true one, in dataset order. */
  readonly mislabelled: IndexSet;
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
 * equally frequent (but for rounding), and `round(share * size)` images are atypical or mislabelled.
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
}: SyntheticOptions): SyntheticData {
  checkShares({ classOverlap, atypicalShare, labelNoise });
  checkCounts({ classes, ...size, height: imageShape[0], width: imageShape[1], channels: imageShape[2] });
  const [height, width, channels] = imageShape;
  const total = size.train + size.val + size.test;
  const stride = height * width * channels;
  const pixels = new Uint8Array(total * stride);
  const trueLabels = new Int32Array(total);
  const labels = new Int32Array(total);
  const classPictures = Array.from({ length: classes }, (_, k) =>
    picture(rng.split("class").split(k), imageShape),
  );
  const common = picture(rng.split("common"), imageShape);
  const atypical: number[] = [];
  const mislabelled: number[] = [];
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
      if (isMislabelled[i] === 1) mislabelled.push(image);
      if (isAtypical[i] === 1) atypical.push(image);
      const own = isAtypical[i] === 1 ? picture(noise, imageShape) : undefined;
      const ofClass = classPictures[label] as Float64Array;
      const brightness = (noise.uniform() - 0.5) * 0.1;
      for (let p = 0; p < stride; p++) {
        const shown =
          own?.[p] ?? (1 - classOverlap) * (ofClass[p] as number) + classOverlap * (common[p] as number);
        const value = 0.5 + shown + brightness + pixelNoise(noise);
        pixels[image * stride + p] = Math.min(255, Math.max(0, Math.round(255 * value)));
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
    atypical: Int32Array.from(atypical),
    mislabelled: Int32Array.from(mislabelled),
  };
}

/** Value noise with mean near 0: a 4x4 grid of random grays for each channel, enlarged bilinearly. */
function picture(rng: Rng, [height, width, channels]: readonly [number, number, number]): Float64Array {
  const side = 4;
  const grays = Array.from({ length: side * side * channels }, () => (rng.uniform() - 0.5) * 0.8);
  // Around zero, so that no picture is bright or dark as a whole.
  const middle = grays.reduce((sum, gray) => sum + gray, 0) / grays.length;
  const grid = Float64Array.from(grays, (gray) => gray - middle);
  const values = new Float64Array(height * width * channels);
  const at = (row: number, column: number, channel: number): number =>
    grid[(row * side + column) * channels + channel] as number;
  for (let y = 0; y < height; y++) {
    const gridY = height === 1 ? 0 : (y * (side - 1)) / (height - 1);
    const top = Math.min(side - 2, Math.floor(gridY));
    for (let x = 0; x < width; x++) {
      const gridX = width === 1 ? 0 : (x * (side - 1)) / (width - 1);
      const left = Math.min(side - 2, Math.floor(gridX));
      const down = gridY - top;
      const right = gridX - left;
      for (let channel = 0; channel < channels; channel++) {
        const upper = at(top, left, channel) * (1 - right) + at(top, left + 1, channel) * right;
        const lower = at(top + 1, left, channel) * (1 - right) + at(top + 1, left + 1, channel) * right;
        values[(y * width + x) * channels + channel] = upper * (1 - down) + lower * down;
      }
    }
  }
  return values;
}

/** Nearly normal noise with standard deviation 0.1: the sum of three 10-bit uniform numbers of one draw. */
function pixelNoise(rng: Rng): number {
  const bits = rng.integer(0x40000000);
  const sum = (bits & 1023) + ((bits >>> 10) & 1023) + (bits >>> 20);
  // Three uniform numbers on [-1/2, 1/2] have variance 3/12, so the sum is scaled by 0.2.
  return (sum / 1023 - 1.5) * 0.2;
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
