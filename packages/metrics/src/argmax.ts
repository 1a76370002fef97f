/**
 * Position of the largest of `count` values from `start` on, the lowest one on ties: the class that a row of logits answers.
 *
 * @throws RangeError where a value is NaN.
 */
export function argmax(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let k = 0; k < count; k++) {
    const value = values[start + k] as number;
    if (Number.isNaN(value)) {
      throw new RangeError(
        `accuracy: logits must be numbers, found NaN at sample ${start / count}; the model has diverged.`,
      );
    }
    if (value > (values[start + best] as number)) best = k;
  }
  return best;
}
