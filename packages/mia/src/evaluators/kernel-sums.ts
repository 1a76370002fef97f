/**
 * f(x_k) = sum_l c_l exp(-gamma (x_k - x_l)^2) at every point in one dimension.
 *
 * f is smooth, so it is taken at the Chebyshev nodes of the points' range and interpolated: 64 sums instead of one for each
 * point. Where a comparison with direct sums shows a difference above `tolerance`, all sums are taken directly.
 *
 * Source: Berrut and Trefethen, Barycentric Lagrange Interpolation, 2004, equations 4.2 and 5.4.
 */
export function kernelSums(
  points: Float64Array,
  coefficients: Float64Array,
  { gamma, tolerance }: { readonly gamma: number; readonly tolerance: number },
): Float64Array {
  const own = Int32Array.from(points.keys()).filter((k) => coefficients[k] !== 0);
  const direct = (x: number): number => {
    let total = 0;
    for (const k of own) {
      const difference = x - (points[k] as number);
      total += (coefficients[k] as number) * Math.exp(-gamma * difference * difference);
    }
    return total;
  };
  const low = points.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = points.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!(high > low)) return points.map(direct);
  const interpolated = points.map(chebyshev(direct, low, high));
  const stride = Math.max(1, Math.floor(points.length / checks));
  for (let k = 0; k < points.length; k += stride) {
    const error = Math.abs((interpolated[k] as number) - direct(points[k] as number));
    if (!(error <= tolerance)) return points.map(direct);
  }
  return interpolated;
}

const nodes = 64;
const checks = 50;

/** The polynomial through a function's values at the Chebyshev nodes of [low, high]. */
function chebyshev(f: (x: number) => number, low: number, high: number): (x: number) => number {
  const angles = Array.from({ length: nodes }, (_, j) => ((2 * j + 1) * Math.PI) / (2 * nodes));
  const places = angles.map((angle) => (low + high) / 2 + ((high - low) / 2) * Math.cos(angle));
  const weights = angles.map((angle, j) => (j % 2 === 0 ? 1 : -1) * Math.sin(angle));
  const values = places.map(f);
  return (x) => {
    let [above, below] = [0, 0];
    for (let j = 0; j < nodes; j++) {
      const distance = x - (places[j] as number);
      if (distance === 0) return values[j] as number;
      const term = (weights[j] as number) / distance;
      above += term * (values[j] as number);
      below += term;
    }
    return above / below;
  };
}
