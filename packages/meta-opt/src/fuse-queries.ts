import { mul, sum, tensor1d, tidy, type Scalar, type Tensor1D } from "@tensorflow/tfjs-core";

import { LtuError, type Params } from "@ltu/core";

import type { Loss } from "./hvp.ts";

/**
 * One loss for several query sets, so that a single forward and backward pass serves them all.
 *
 * sum over sets s and their samples i of losses_i / (N size_s): the mean over the N sets of each set's mean. It equals
 * the mean of the single losses, and so does its gradient, wherever a sample's loss does not depend on the other
 * samples of its pass. With batch statistics (batch norm in training) it does: then fused sets share their statistics.
 *
 * @param sizes - How many samples each set has, in the order of the pass.
 * @param losses - The loss of every sample of all sets, `[sum of sizes]`, as a function of the parameters.
 * @returns One test for `metaGradient`. It counts as one evaluation there.
 * @throws LtuError `OPTION` for an empty list or an empty set.
 *
 * @example
 * ```ts
 * import { mul, square, sub, tensor1d } from "@tensorflow/tfjs-core";
 * import { fuseQueries } from "@ltu/meta-opt";
 *
 * // One sample at 1, two at 4: the mean of (w - 1)^2 and (w - 4)^2, not of all three.
 * const loss = fuseQueries([1, 2], ({ w }) => square(sub(w, [1, 4, 4])));
 * console.log((await loss({ w: tensor1d([0]) }).data())[0]); // → 8.5
 * ```
 */
export function fuseQueries(sizes: readonly number[], losses: (params: Params) => Tensor1D): Loss {
  if (sizes.length === 0 || !sizes.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new LtuError(
      "OPTION",
      `fuseQueries: sizes must be whole numbers of at least 1, at least one, found [${sizes.join(", ")}]; leave empty sets out.`,
    );
  }
  const shares = sizes.flatMap((size) => Array.from({ length: size }, () => 1 / (sizes.length * size)));
  return (params) => tidy(() => sum(mul(losses(params), tensor1d(shares))) as Scalar);
}
