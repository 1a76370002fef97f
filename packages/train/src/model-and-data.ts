import { LtuError, type BatchSource, type Model } from "@ltu/core";

/**
 * Checks that a model fits the data: same image shape, same number of classes.
 *
 * @param where - Who asks, for the message.
 * @throws LtuError `SHAPE` naming both sides.
 */
export function checkModelAndData(where: string, model: Model, batches: BatchSource): void {
  const wrong = (what: string, ofModel: string, ofData: string): LtuError =>
    new LtuError(
      "SHAPE",
      `${where}: model and data need the same ${what}; the model ${model.name} has ${ofModel}, the data ${ofData}. Make the model from the data's description.`,
    );
  if (model.classes !== batches.classes) {
    throw wrong("number of classes", String(model.classes), String(batches.classes));
  }
  if (model.inputShape.some((length, axis) => batches.imageShape[axis] !== length)) {
    throw wrong("image shape", `[${model.inputShape.join(", ")}]`, `[${batches.imageShape.join(", ")}]`);
  }
}
