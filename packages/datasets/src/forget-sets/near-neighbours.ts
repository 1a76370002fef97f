import { LtuError, type IndexSet, type Rng } from "@ltu/core";

import { checkForgetCount, checkTrainSet } from "./check-forget-request.ts";
import { rowsByScore } from "./rows-by-score.ts";
import { unitRows, type Features } from "./unit-rows.ts";

/** Options of {@link nearNeighbours}. */
export interface NearNeighboursOptions extends Features {
  /** Images to forget, the one in the middle included. */
  readonly count: number;
  /** The image in the middle: a training image, or a stream that draws one uniformly. */
  readonly around: number | Rng;
}

/**
 * A forget set of like images: one image and the `count` - 1 training images nearest to it by cosine,
 * `<f_i, f_j> / (|f_i| |f_j|)`, of the features of the original model.
 *
 * It is what a person who asks for their pictures to be forgotten sends: not a random sample. Features of length zero
 * are at cosine 0 to everything.
 *
 * @returns `count` positions: the image in the middle first, then the nearest first; of equally near ones the image that
 * comes first in the data set.
 * @throws LtuError `OPTION` for a count or an image that does not fit, `DATA` for features of another length or not finite.
 *
 * @example
 * ```ts
 * import { nearNeighbours } from "@ltu/datasets";
 *
 * // Around image 10, along the x axis: 12 is at 45 degrees, 11 at 90, 13 the opposite.
 * const features = Float32Array.of(1, 0, 0, 1, 2, 2, -1, 0);
 * const trainSet = Int32Array.of(10, 11, 12, 13);
 * const near = nearNeighbours(trainSet, { features, featureWidth: 2, count: 2, around: 10 });
 * console.log(near); // → Int32Array(2) [ 10, 12 ]
 * ```
 */
export function nearNeighbours(
  trainSet: IndexSet,
  { features, featureWidth, count, around }: NearNeighboursOptions,
): IndexSet {
  checkTrainSet("nearNeighbours", trainSet);
  checkForgetCount("nearNeighbours", trainSet, count);
  // Drawn from the sorted set: the same image whatever the order of trainSet.
  const middle =
    typeof around === "number"
      ? around
      : (trainSet.slice().sort()[around.integer(trainSet.length)] as number);
  const middleRow = trainSet.indexOf(middle);
  if (middleRow < 0) {
    throw new LtuError(
      "OPTION",
      `nearNeighbours: around must be a training image, found ${middle}, which is not in trainSet; name one that is.`,
    );
  }
  const units = unitRows("nearNeighbours", trainSet, { features, featureWidth });
  const distances = new Float64Array(trainSet.length);
  for (let row = 0; row < trainSet.length; row++) {
    let cosine = 0;
    for (let k = 0; k < featureWidth; k++) {
      cosine += (units[row * featureWidth + k] as number) * (units[middleRow * featureWidth + k] as number);
    }
    distances[row] = -cosine;
  }
  const others = rowsByScore("nearNeighbours", trainSet, distances).filter((row) => row !== middleRow);
  return Int32Array.of(middle, ...others.subarray(0, count - 1).map((row) => trainSet[row] as number));
}
