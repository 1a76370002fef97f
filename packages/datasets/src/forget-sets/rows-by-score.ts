import { LtuError, type IndexSet } from "@ltu/core";

/**
 * The rows of a training set from the lowest score to the highest; of equal scores the image that comes first in the
 * data set comes first. So the images taken do not depend on the order in which the training set names them.
 */
export function rowsByScore(where: string, trainSet: IndexSet, scores: ArrayLike<number>): Int32Array {
  if (scores.length !== trainSet.length) {
    throw new LtuError(
      "DATA",
      `${where}: scores must hold one number for each of the ${trainSet.length} training images, in their order, found ${scores.length}; compute them for trainSet.`,
    );
  }
  const score = (row: number): number => scores[row] as number;
  const index = (row: number): number => trainSet[row] as number;
  const rows = Int32Array.from({ length: trainSet.length }, (_, row) => row);
  const bad = rows.find((row) => !Number.isFinite(score(row)));
  if (bad !== undefined) {
    throw new LtuError(
      "DATA",
      `${where}: scores must be finite, found ${score(bad)} for image ${index(bad)}; check how it was computed.`,
    );
  }
  return rows.sort((a, b) => score(a) - score(b) || index(a) - index(b));
}

/** The images at some rows of the training set, sorted. */
export function imagesAt(trainSet: IndexSet, rows: Int32Array): IndexSet {
  return rows.map((row) => trainSet[row] as number).sort();
}
