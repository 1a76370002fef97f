/**
 * Rows of the radial basis function kernel, K_ij = exp(-gamma |x_i - x_j|^2), made when asked for. The rows used last
 * are kept within `cacheBytes`; a matrix of all rows would not fit for tens of thousands of points.
 *
 * @param points - `[count, dimensions]` row-major.
 * @returns A function from a row index to the row, `[count]`; borrowed until the next call.
 */
export function kernelRows(
  points: Float64Array,
  dimensions: number,
  { gamma, cacheBytes = 64 * 2 ** 20 }: { gamma: number; cacheBytes?: number },
): (index: number) => Float64Array {
  const count = points.length / dimensions;
  const capacity = Math.max(2, Math.floor(cacheBytes / (8 * count)));
  // A Map keeps insertion order, so its first key is the row unused for longest.
  const kept = new Map<number, Float64Array>();
  return (index) => {
    let row = kept.get(index);
    if (row === undefined) {
      row = new Float64Array(count);
      if (kept.size >= capacity) {
        const [oldest, memory] = kept.entries().next().value as [number, Float64Array];
        kept.delete(oldest);
        row = memory;
      }
      fillRow(row, points, dimensions, index, gamma);
    } else {
      kept.delete(index);
    }
    kept.set(index, row);
    return row;
  };
}

function fillRow(
  row: Float64Array,
  points: Float64Array,
  dimensions: number,
  index: number,
  gamma: number,
): void {
  const from = index * dimensions;
  for (let j = 0; j < row.length; j++) {
    let distance = 0;
    for (let d = 0; d < dimensions; d++) {
      const difference = (points[from + d] as number) - (points[j * dimensions + d] as number);
      distance += difference * difference;
    }
    row[j] = Math.exp(-gamma * distance);
  }
}
