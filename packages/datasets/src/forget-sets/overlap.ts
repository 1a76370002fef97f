import { LtuError, type IndexSet } from "@ltu/core";

import { checkForgetCount, checkTrainSet } from "./check-forget-request.ts";
import { forEachCosine } from "./for-each-cosine.ts";
import { imagesAt, rowsByScore } from "./rows-by-score.ts";
import { unitRows, type Features } from "./unit-rows.ts";

/** Nearest others whose mean cosine is the overlap of an image. */
const neighbours = 10;

/** Options of {@link overlap}. */
export interface OverlapOptions extends Features {
  /** Images to forget. */
  readonly count: number;
  /** The dial, from 0 (images that stand alone) to 1 (images in the midst of others). */
  readonly d: number;
}

/**
 * A forget set of asked entanglement with what stays: training images are ranked by their overlap
 * ({@link meanNeighbourCosine}), and `count` of them are taken around quantile d.
 *
 * With N images in rank order, the ones taken are ranks r to r + count - 1, `r = round(d (N - count))`: the least
 * entangled at d = 0, the most at d = 1, those around the median at d = 0.5. The mean overlap of the set never falls as d
 * rises.
 *
 * @returns `count` sorted positions.
 * @throws LtuError `OPTION` for a dial or a count that does not fit or fewer than 11 training images, `DATA` for features
 * of another length or not finite.
 *
 * Source: that entanglement makes unlearning hard is from Kairan Zhao, Meghdad Kurmanji, George-Octavian Bărbulescu,
 * Eleni Triantafillou, Peter Triantafillou, "What makes unlearning hard and what to do about it", 2024.
 * *Differs from the source in* the measure: neighbours of each image, where the paper measures a whole forget set against
 * the retain set.
 *
 * @example
 * ```ts
 * import { overlap } from "@ltu/datasets";
 *
 * // Twelve images that point nearly the same way, and two that point elsewhere.
 * const angles = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 120, 240].map((degrees) => (degrees * Math.PI) / 180);
 * const features = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
 * const trainSet = Int32Array.from(angles.keys());
 * const alone = overlap(trainSet, { features, featureWidth: 2, count: 2, d: 0 });
 * const amidst = overlap(trainSet, { features, featureWidth: 2, count: 2, d: 1 });
 * console.log(alone, amidst); // → Int32Array(2) [ 12, 13 ] Int32Array(2) [ 5, 6 ]
 * ```
 */
export function overlap(trainSet: IndexSet, { features, featureWidth, count, d }: OverlapOptions): IndexSet {
  checkTrainSet("overlap", trainSet);
  checkForgetCount("overlap", trainSet, count);
  if (!(d >= 0 && d <= 1)) {
    throw new LtuError("OPTION", `overlap: d must be from 0 to 1, found ${d}; 0.5 takes the median.`);
  }
  const scores = meanNeighbourCosine(trainSet, { features, featureWidth });
  const ranked = rowsByScore("overlap", trainSet, scores);
  const first = Math.round(d * (trainSet.length - count));
  return imagesAt(trainSet, ranked.subarray(first, first + count));
}

/**
 * The overlap of each training image: the mean cosine of its features to those of its 10 nearest others, in [-1, 1].
 *
 * Sums are float64, and none depends on where an image stands in the training set. It compares all pairs:
 * N² / 2 x width multiplications, no N² memory.
 *
 * @returns One number for each image of `trainSet`, in its order.
 * @throws LtuError as {@link overlap}.
 *
 * @example
 * ```ts
 * import { meanNeighbourCosine } from "@ltu/datasets";
 *
 * const trainSet = Int32Array.from({ length: 11 }, (_, i) => i);
 * const features = new Float32Array(11).fill(2);
 * features[0] = -1;
 * const scores = meanNeighbourCosine(trainSet, { features, featureWidth: 1 });
 * console.log(scores[0], scores[1]); // → -1 0.8
 * ```
 */
export function meanNeighbourCosine(trainSet: IndexSet, { features, featureWidth }: Features): Float64Array {
  checkTrainSet("overlap", trainSet);
  const rows = trainSet.length;
  if (rows <= neighbours) {
    throw new LtuError(
      "OPTION",
      `overlap: there must be at least ${neighbours + 1} training images, for ${neighbours} neighbours each, found ${rows}; give more.`,
    );
  }
  const units = unitRows("overlap", trainSet, { features, featureWidth });
  // The nearest others of each row so far, largest cosine first.
  const nearest = new Float64Array(rows * neighbours).fill(Number.NEGATIVE_INFINITY);
  const offer = (row: number, cosine: number): void => {
    const first = row * neighbours;
    let place = first + neighbours - 1;
    if (cosine <= (nearest[place] as number)) return;
    for (; place > first && (nearest[place - 1] as number) < cosine; place--) {
      nearest[place] = nearest[place - 1] as number;
    }
    nearest[place] = cosine;
  };
  forEachCosine(units, { rows, width: featureWidth }, (a, b, cosine) => {
    offer(a, cosine);
    offer(b, cosine);
  });
  return Float64Array.from(
    { length: rows },
    (_, row) =>
      nearest.subarray(row * neighbours, (row + 1) * neighbours).reduce((sum, cosine) => sum + cosine, 0) /
      neighbours,
  );
}
