/** How many of the ascending values are strictly below. */
export function countBelow(sorted: Float64Array, value: number): number {
  return firstPlace(sorted, (other) => other >= value);
}

/** The share of the ascending values that are below, ties counting one half. */
export function shareBelow(sorted: Float64Array, value: number): number {
  const notAbove = firstPlace(sorted, (other) => other > value);
  return (countBelow(sorted, value) + notAbove) / 2 / sorted.length;
}

function firstPlace(sorted: Float64Array, reached: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(sorted[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
