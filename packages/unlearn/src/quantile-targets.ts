import {
  add,
  cast,
  customGrad,
  equal,
  expandDims,
  less,
  matMul,
  mul,
  reshape,
  sum,
  tensor2d,
  tidy,
  zeros,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

/**
 * The quantiles (i + 0.5) / n of sorted numbers, i = 0 .. n - 1, with linear interpolation between neighbours.
 *
 * @param sorted - Ascending, at least one.
 * @param n - How many quantiles.
 */
export function midQuantiles(sorted: readonly number[], n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const place = ((i + 0.5) / n) * (sorted.length - 1);
    const below = sorted[Math.floor(place)] as number;
    const above = sorted[Math.ceil(place)] as number;
    return below + (above - below) * (place - Math.floor(place));
  });
}

/**
 * Gives each score the target of its rank: the i-th smallest score gets `targets[i]`, ties in the order of the
 * batch. No gradient flows through the ranks, which do not change under a small move.
 *
 * @param scores - `[batch]`.
 * @param targets - `[batch]` numbers, ascending.
 * @returns `[batch]`; the caller disposes it.
 */
export function targetsByRank(scores: Tensor1D, targets: ArrayLike<number>): Tensor1D {
  const n = targets.length;
  return customGrad((input) => {
    const value = tidy(() => {
      const [row, column] = [expandDims(input as Tensor, 1), expandDims(input as Tensor, 0)];
      const isBefore = tensor2d(
        Float32Array.from({ length: n * n }, (_, at) => (at % n < Math.floor(at / n) ? 1 : 0)),
        [n, n],
      );
      // rank_i = how many j have s_j < s_i, or s_j = s_i and j < i.
      const smaller = cast(less(column, row), "float32");
      const tied = mul(cast(equal(column, row), "float32"), isBefore);
      const ranks = sum(add(smaller, tied), 1, true);
      const places = tensor2d(
        Array.from({ length: n }, (_, place) => place),
        [1, n],
      );
      const isPlace = cast(equal(ranks, places), "float32") as Tensor2D;
      const picked = matMul(isPlace, tensor2d(Array.from(targets), [n, 1]));
      return reshape(picked, [n]);
    });
    return { value, gradFunc: () => zeros([n]) };
  })(scores) as Tensor1D;
}
