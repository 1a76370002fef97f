import {
  exp,
  log,
  max,
  mul,
  neg,
  oneHot,
  sub,
  sum,
  tidy,
  add,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import { hasKernel, kernelNames, runKernel } from "./kernel.ts";

/**
 * The cross-entropy of each sample from its logits: loss_i = logsumexp(z_i) - z_i[y_i], stable for large logits.
 *
 * @param logits - `[batch, classes]`.
 * @param labels - `[batch]`, int32, in [0, classes). Not differentiable.
 * @returns `[batch]`; the caller disposes it.
 */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  if (hasKernel(kernelNames.softmaxCrossEntropy)) {
    return runKernel(kernelNames.softmaxCrossEntropy, { logits, labels })[0] as Tensor1D;
  }
  return tidy(() => {
    const shifted = sub(logits, max(logits, 1, true));
    const picked = sum(mul(shifted, oneHot(labels, logits.shape[1])), 1);
    return add(log(sum(exp(shifted), 1)), neg(picked)) as Tensor1D;
  });
}
