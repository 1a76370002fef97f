import { argmax } from "./argmax.ts";

/**
 * A model's outputs on a set of samples; `Predictions` of `@ltu/core` is one.
 *
 * `logits` is `[samples, classes]` row-major, `labels` holds the true classes `[samples]`.
 */
export interface LabelledLogits {
  readonly logits: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/**
 * The share of samples whose largest logit is the true class's, from 0 to 1. Equal largest logits: the lowest
 * class counts as the prediction.
 *
 * @param logits - `[samples, classes]` row-major.
 * @param labels - `[samples]`, in [0, classes). With a wider network (an extra output) `classes` counts that too.
 * @returns The share, 0 to 1.
 * @throws RangeError when there is no sample, when sizes disagree, or when a logit is not finite.
 *
 * @example
 * ```ts
 * import { accuracy } from "@ltu/metrics";
 *
 * // Three samples of two classes; the last one is a tie, so class 0 is predicted.
 * console.log(accuracy([2, 1, 0, 3, 1, 1], [0, 0, 0], 2).toFixed(3)); // → 0.667
 * ```
 */
export function accuracy(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  const samples = labels.length;
  if (samples === 0) {
    throw new RangeError("accuracy: expected at least one sample, found none; give a non-empty set.");
  }
  if (logits.length !== samples * classes) {
    throw new RangeError(
      `accuracy: expected ${samples} x ${classes} logits, found ${logits.length}; give one row of logits per label.`,
    );
  }
  let correct = 0;
  for (let i = 0; i < samples; i++) {
    const label = labels[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `accuracy: labels must be whole numbers from 0 to ${classes - 1}, found ${label} at sample ${i}; check the data set.`,
      );
    }
    if (argmax(logits, i * classes, classes) === label) correct++;
  }
  return correct / samples;
}

/** {@link accuracy} times 100. */
export function accuracyPercent(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  return 100 * accuracy(logits, labels, classes);
}
