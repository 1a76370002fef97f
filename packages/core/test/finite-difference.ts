/** The gradient of a float64 function by central difference; right to about nine digits for smooth functions. */
export function finiteDifference(f: (at: readonly number[]) => number, at: readonly number[]): number[] {
  const step = 1e-5;
  return at.map((_, i) => {
    const moved = (shift: number): number => f(at.map((value, j) => (j === i ? value + shift : value)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

/** The largest difference of two lists, as a share of the largest number of the second. */
export function relativeDifference(found: ArrayLike<number>, expected: readonly number[]): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return expected.reduce(
    (most, value, i) => Math.max(most, Math.abs((found[i] as number) - value) / largest),
    0,
  );
}
