import { LtuError, type BatchSource, type Dataset, type IndexSet, type Rng } from "@ltu/core";
import { tensor4d } from "@tensorflow/tfjs-core";

import { cropFlip, drawCropFlip, inUnit } from "./augment.ts";

/** Options of {@link createBatches}. */
export interface BatchOptions {
  /** What a batch with `augment` goes through: `LoadedData.augmentation`. Default `"none"`. */
  readonly augmentation?: "crop-flip" | "none";
}

/**
 * Makes batches of a data set: the one place where pixels become tensors.
 *
 * With `augment`, each image takes one draw from that stream, in the order of the indexes: the same images in the
 * same order get the same pixels, however they are cut into batches. Without it the images are as they are.
 *
 * @returns A function from indexes to `[batch, height, width, channels]` in [0, 1]; the caller disposes `images`.
 * @throws LtuError `OPTION`, when called, for an index outside the data set.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { createBatches, synthetic } from "@ltu/datasets";
 *
 * const data = synthetic({ rng: createRng(1) });
 * const batches = createBatches(data.dataset, { augmentation: data.augmentation });
 * const { images } = batches(Int32Array.of(3, 1, 4));
 * console.log(images.shape); // → [ 3, 16, 16, 1 ]
 * images.dispose();
 * ```
 */
export function createBatches(dataset: Dataset, { augmentation = "none" }: BatchOptions = {}): BatchSource {
  if (augmentation !== "none" && augmentation !== "crop-flip") {
    throw new LtuError(
      "OPTION",
      `createBatches: augmentation must be "crop-flip" or "none", found "${String(augmentation)}"; choose one of the two.`,
    );
  }
  const { imageShape, pixels, labels, size, classNames } = dataset;
  const [height, width, channels] = imageShape;
  const stride = height * width * channels;

  const source = (indexes: IndexSet, { augment }: { readonly augment?: Rng | undefined } = {}) => {
    const values = new Float32Array(indexes.length * stride);
    const batchLabels = new Int32Array(indexes.length);
    indexes.forEach((index, i) => {
      if (!(index >= 0 && index < size)) {
        throw new LtuError(
          "OPTION",
          `createBatches: an index must be from 0 to ${size - 1} (${dataset.name}), found ${index} at position ${i}; take indexes from splits of this data set.`,
        );
      }
      batchLabels[i] = labels[index] as number;
      const start = index * stride;
      if (augment !== undefined && augmentation === "crop-flip") {
        const crop = drawCropFlip(augment);
        cropFlip({ pixels, start }, { values, start: i * stride }, { crop, imageShape });
        return;
      }
      inUnit({ pixels, start }, { values, start: i * stride }, stride);
    });
    const images = tensor4d(values, [indexes.length, height, width, channels]);
    return { images, labels: batchLabels, indexes };
  };
  return Object.assign(source, { imageShape, classes: classNames.length });
}
