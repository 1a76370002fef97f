import { LtuError, type IndexSet } from "@ltu/core";

/** Features of the training images: `[trainSet.length, featureWidth]`, row after row, in the order of the training set. */
export interface Features {
  /** Penultimate features of the original model, or any other embedding. */
  readonly features: Float32Array;
  /** Numbers per image, at least 1. */
  readonly featureWidth: number;
}

/** Rows are computed in groups of this many; {@link unitRows} fills the last group up with zeros. */
export const rowGroup = 4;

/** Rows of length one in float64. A row of zeros stays as it is: it is at cosine 0 to every other. */
export function unitRows(
  where: string,
  trainSet: IndexSet,
  { features, featureWidth: width }: Features,
): Float64Array {
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new LtuError(
      "OPTION",
      `${where}: featureWidth must be a whole number of at least 1, found ${width}; give the numbers per image.`,
    );
  }
  if (features.length !== trainSet.length * width) {
    throw new LtuError(
      "DATA",
      `${where}: features must hold ${trainSet.length} rows of ${width} numbers (${trainSet.length * width}), one for each image of trainSet, found ${features.length}; compute them for trainSet, in its order.`,
    );
  }
  const units = new Float64Array(Math.ceil(trainSet.length / rowGroup) * rowGroup * width);
  for (let row = 0; row < trainSet.length; row++) {
    let squares = 0;
    for (let k = row * width; k < (row + 1) * width; k++) squares += (features[k] as number) ** 2;
    if (!Number.isFinite(squares)) {
      throw new LtuError(
        "DATA",
        `${where}: features must be finite, found a row with NaN or infinity for image ${trainSet[row]}; check the model they come from.`,
      );
    }
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    for (let k = row * width; k < (row + 1) * width; k++) units[k] = (features[k] as number) * scale;
  }
  return units;
}
