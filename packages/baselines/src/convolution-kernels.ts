import type { Tensor } from "@tensorflow/tfjs-core";

import { LtuError, type Model, type Params } from "@ltu/core";

/**
 * The convolution kernels of a model: its parameters with four axes, `[height, width, in, out]`.
 *
 * @throws LtuError `SHAPE` for a model without any.
 */
export function convolutionKernels(
  method: string,
  model: Model,
  params: Params,
): readonly (readonly [string, Tensor])[] {
  const kernels = Object.entries(params).filter(([, { rank }]) => rank === 4);
  if (kernels.length > 0) return kernels;
  throw new LtuError(
    "SHAPE",
    `${method}: expected a model with convolutions, found none in ${model.name}; choose another method or model.`,
  );
}
