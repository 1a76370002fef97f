/** Pearson's statistic of labels against equal shares of `classes` classes. */
export function chiSquare(labels: readonly number[], classes: number): number {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label] = (counts[label] ?? Number.POSITIVE_INFINITY) + 1;
  const expected = labels.length / classes;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/**
 * What {@link chiSquare} of uniform labels exceeds once in a thousand million times: six standard deviations of the
 * normal approximation of Wilson and Hilferty.
 */
export function chiSquareBound(classes: number): number {
  const freedom = classes - 1;
  return freedom * (1 - 2 / (9 * freedom) + 6 * Math.sqrt(2 / (9 * freedom))) ** 3;
}
