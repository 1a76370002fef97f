import { LtuError, type IndexSet } from "@ltu/core";

/** Refuses a training set that is empty or names an image twice. */
export function checkTrainSet(where: string, trainSet: IndexSet): void {
  if (trainSet.length === 0) {
    throw new LtuError("OPTION", `${where}: trainSet must hold images, found none; give the training set.`);
  }
  const distinct = new Set(trainSet).size;
  if (distinct !== trainSet.length) {
    throw new LtuError(
      "OPTION",
      `${where}: trainSet must name each image once, found ${distinct} different images in ${trainSet.length} positions; remove the repeated ones.`,
    );
  }
}

/** Refuses a number of images that would forget nothing, or leave nothing of the training set. */
export function checkForgetCount(where: string, trainSet: IndexSet, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1 || count >= trainSet.length) {
    throw new LtuError(
      "OPTION",
      `${where}: count must be a whole number from 1 to ${trainSet.length - 1}, so that some of the ${trainSet.length} training images stay, found ${count}; ask for fewer or give a larger training set.`,
    );
  }
}

/** Refuses labels that do not reach every image of the training set. */
export function checkLabels(where: string, trainSet: IndexSet, labels: Int32Array, name = "labels"): void {
  const missing = trainSet.find((index) => index < 0 || index >= labels.length);
  if (missing !== undefined) {
    throw new LtuError(
      "OPTION",
      `${where}: ${name} must hold one label for each image of the data set, found ${labels.length} labels and training image ${missing}; give the labels of the whole data set.`,
    );
  }
}
