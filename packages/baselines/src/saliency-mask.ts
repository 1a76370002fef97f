import { add, tensor, type Tensor } from "@tensorflow/tfjs-core";

import { LtuError, paramCount, type Params } from "@ltu/core";

import { accumulateGradients, type GradientPass } from "./accumulate-gradients.ts";

/**
 * What the mask of SalUn is cut from: over consecutive batches of the forget set at the original weights,
 *
 * g = sum_b grad of the mean cross-entropy of batch b.
 *
 * Gradients are summed with their signs, so batches that pull a weight both ways cancel. The sum depends on the batch
 * size where the last batch is partial.
 *
 * @returns A tree like the parameters; the caller disposes it.
 * @throws LtuError `DIVERGED` naming the batch whose loss is not finite, `ABORTED` when the signal asks for it.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/generate_mask.py` (there of minus the loss, which has
 * the same magnitudes).
 */
export async function saliencyGradient(pass: GradientPass): Promise<Params> {
  return accumulateGradients(pass, (sum, gradient) => add(sum, gradient));
}

/**
 * The saliency mask of SalUn: 1 for the floor(n density) of all n parameters whose gradient has the largest magnitude,
 * 0 for the others,
 *
 * m = 1[|g| >= gamma], gamma so that the share `density` is kept.
 *
 * All parameters are ranked together, biases and batch norm included. Of equal magnitudes those that come first are
 * kept, in the order of the names and row-major within one.
 *
 * @param gradient - A tree like the parameters, such as of {@link saliencyGradient}; borrowed.
 * @param density - From 0 to 1.
 * @returns A tree of zeros and ones; the caller disposes it.
 * @throws LtuError `OPTION` for a density out of range, `DIVERGED` for a gradient that is not finite.
 *
 * Source: Fan et al., "SalUn: Empowering Machine Unlearning via Gradient-based Weight Saliency", ICLR 2024, section 4;
 * code as above. Differs from it in ties, which there fall as an unstable sort leaves them.
 *
 * @example
 * ```ts
 * import { saliencyMask } from "@ltu/baselines";
 * import { disposeParams } from "@ltu/core";
 * import { tensor1d } from "@tensorflow/tfjs-core";
 *
 * const gradient = { w: tensor1d([0.1, -0.5, 0.3, 0.2]) };
 * const mask = await saliencyMask(gradient, { density: 0.5 });
 * console.log(Array.from(await mask.w.data())); // → [ 0, 1, 1, 0 ]
 * [gradient, mask].forEach(disposeParams);
 * ```
 */
export async function saliencyMask(
  gradient: Params,
  { density }: { readonly density: number },
): Promise<Params> {
  if (!(density >= 0 && density <= 1)) {
    throw new LtuError(
      "OPTION",
      `saliencyMask: expected a density from 0 to 1, found ${density}; give the share of weights to keep.`,
    );
  }
  const magnitudes = new Float32Array(paramCount(gradient));
  let end = 0;
  for (const [name, values] of Object.entries(gradient)) {
    const numbers = (await values.data<"float32">()).map(Math.abs);
    if (!numbers.every(Number.isFinite)) {
      throw new LtuError(
        "DIVERGED",
        `saliencyMask: the gradient must be finite, found another number in ${name}; look at the original model and its data.`,
      );
    }
    magnitudes.set(numbers, end);
    end += numbers.length;
  }
  const bits = largest(magnitudes, Math.floor(magnitudes.length * density));
  let start = 0;
  return Object.fromEntries(
    Object.entries(gradient).map(([name, { shape, size }]): [string, Tensor] => {
      start += size;
      return [name, tensor(bits.slice(start - size, start), shape)];
    }),
  );
}

/** 1 at the `count` largest values, the first of equal ones; 0 elsewhere. */
function largest(values: Float32Array, count: number): Float32Array {
  if (count === 0) return new Float32Array(values.length);
  const threshold = values.toSorted()[values.length - count] as number;
  let tied = count;
  for (const value of values) if (value > threshold) tied -= 1;
  return values.map((value) => (value > threshold || (value === threshold && tied-- > 0) ? 1 : 0));
}
