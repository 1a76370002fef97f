import { cast, oneHot, tidy, type Tensor, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import { LtuError, type Predictions } from "@ltu/core";

/** Added to a logit to take its class out of a maximum or a sum: far below every logit, and far from overflow. */
export const exclusion: number = -1e30;

/** The one-hot rows of the labels, float32 `[batch, classes]`. Throws LtuError `SHAPE` unless sizes fit. */
export function trueClass(where: string, logits: Tensor2D, labels: Tensor1D): Tensor2D {
  const [batch, classes] = logits.shape;
  if (classes < 2 || labels.shape[0] !== batch) {
    throw new LtuError(
      "SHAPE",
      `${where}: expected logits [batch, classes] with two classes or more and one label a row, found ` +
        `[${logits.shape.join(", ")}] and [${labels.shape.join(", ")}]; give both from the same batch.`,
    );
  }
  return oneHotRows(labels, classes) as Tensor2D;
}

/**
 * A float32 one-hot row for each class index, `[...indexes, classes]`. Cast rather than asked for as float32: the wasm
 * kernel writes whole numbers whatever type it is asked for.
 */
export function oneHotRows(indexes: Tensor, classes: number): Tensor {
  return tidy(() => cast(oneHot(indexes, classes), "float32"));
}

/** log sum_j exp(row_j) over all j but `without` (none by default), in float64. */
export function logSumExpOf(row: ArrayLike<number>, without = -1): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < row.length; j++) if (j !== without && (row[j] as number) > top) top = row[j] as number;
  let total = 0;
  for (let j = 0; j < row.length; j++) if (j !== without) total += Math.exp((row[j] as number) - top);
  return top + Math.log(total);
}

/**
 * A row less its largest entry, in float64: what soft-max is computed from, so that logits far from zero keep the digits of
 * their differences.
 */
export function fromTop(row: ArrayLike<number>): Float64Array {
  const top = row[argMaxOf(row)] as number;
  return Float64Array.from(row, (logit) => logit - top);
}

/** log(p_label / (1 - p_label)) of a row, in float64. */
export function logOddsOf(row: ArrayLike<number>, label: number): number {
  const top = row[argMaxOf(row, label)] as number;
  let others = 0;
  for (let j = 0; j < row.length; j++) if (j !== label) others += Math.exp((row[j] as number) - top);
  return (row[label] as number) - top - Math.log(others);
}

/** Position of the largest entry, the lowest one on ties; `without` is passed over. */
export function argMaxOf(row: ArrayLike<number>, without = -1): number {
  let best = without === 0 ? 1 : 0;
  for (let j = best; j < row.length; j++) {
    if (j !== without && (row[j] as number) > (row[best] as number)) best = j;
  }
  return best;
}

/**
 * Applies `f` to the logits of each sample, in float64.
 *
 * @param width - How many numbers `f` writes for a sample.
 * @returns `[samples, width]` row-major.
 * @throws LtuError `SHAPE` when sizes disagree, `DATA` when a logit is not finite or a label is no class.
 */
export function mapRows(
  { logits, labels, classes }: Predictions,
  width: number,
  f: (row: Float32Array, label: number, write: (value: number) => void) => void,
): Float64Array {
  if (classes < 2 || logits.length !== labels.length * classes) {
    throw new LtuError(
      "SHAPE",
      `signals: expected ${labels.length} x ${classes} logits of two classes or more, found ${logits.length}; give one row a label.`,
    );
  }
  const values = new Float64Array(labels.length * width);
  let place = 0;
  const write = (value: number): void => {
    values[place++] = value;
  };
  for (let i = 0; i < labels.length; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const label = labels[i] as number;
    if (!row.every((logit) => Number.isFinite(logit))) {
      throw new LtuError(
        "DATA",
        `signals: logits must be finite, found ${row.join(", ")} at sample ${i}; the model has diverged, train it again.`,
      );
    }
    if (label < 0 || label >= classes) {
      throw new LtuError(
        "DATA",
        `signals: labels must be from 0 to ${classes - 1}, found ${label} at sample ${i}; check the data set.`,
      );
    }
    f(row, label, write);
  }
  return values;
}
