/** The chi-square statistic of observed counts against equal expected ones; mean k - 1, variance 2 (k - 1). */
export function chiSquareEqual(observed: readonly number[]): number {
  const expected = observed.reduce((total, count) => total + count, 0) / observed.length;
  return observed.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
}
