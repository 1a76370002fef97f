/**
 * A quantile by linear interpolation between the two nearest values (the default of numpy and R).
 *
 * @param values - At least one number, in any order.
 * @param probability - 0 for the smallest, 0.5 for the median, 0.95 for the 95th percentile.
 */
export function quantile(values: ArrayLike<number>, probability: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), probability);
}

/** {@link quantile} of values in rising order. */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  const place = probability * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  const share = place - below;
  // Weighted ends, not low + share * (high - low): a difference of huge numbers would overflow.
  return low === high ? low : low * (1 - share) + high * share;
}
