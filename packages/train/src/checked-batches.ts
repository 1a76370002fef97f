import { LtuError, type BatchSource } from "@ltu/core";

/**
 * The same batches, with a look at their labels: one outside the classes would be a silent zero row of a one-hot code.
 * What it throws comes before the batch reaches a model.
 *
 * @param where - Who asks, for the message.
 * @throws LtuError `DATA` naming the first such sample, when a batch with it is asked for.
 */
export function checkedBatches(where: string, batches: BatchSource): BatchSource {
  const { classes, imageShape } = batches;
  const checked: BatchSource = Object.assign(
    (...request: Parameters<BatchSource>) => {
      const batch = batches(...request);
      const position = batch.labels.findIndex((label) => !(label >= 0 && label < classes));
      if (position < 0) return batch;
      batch.images.dispose();
      throw new LtuError(
        "DATA",
        `${where}: expected labels from 0 to ${classes - 1}, found ${batch.labels[position]} at sample ${batch.indexes[position]}; correct the labels or the number of classes.`,
      );
    },
    { imageShape, classes },
  );
  return checked;
}
