/**
 * Position of the largest of `count` values from `start` on, the lowest one on ties: the class that a row of logits answers.
 *
 * @throws RangeError where a value is not finite: which of two infinite logits is larger, nothing says.
 */
export function argmax(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let k = 0; k < count; k++) {
    const value = values[start + k] as number;
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `accuracy: logits must be finite, found ${value} at sample ${start / count}; the model has diverged.`,
      );
    }
    if (value > (values[start + best] as number)) best = k;
  }
  return best;
}
