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

import { LtuError } from "../errors.ts";
import { hasKernel, kernelNames, runKernel } from "./kernel.ts";

/**
 * The cross-entropy of each sample from its logits: loss_i = logsumexp(z_i) - z_i[y_i], stable for large logits.
 *
 * @param logits - `[batch, classes]`.
 * @param labels - `[batch]`, int32, in [0, classes); values are not checked. Not differentiable.
 * @returns `[batch]`; the caller disposes it.
 * @throws LtuError `SHAPE` for an empty batch, fewer than two classes, or labels that do not fit the logits.
 */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  if (logits.rank !== 2 || logits.size === 0 || (logits.shape[1] as number) < 2) {
    throw new LtuError(
      "SHAPE",
      `softmaxCrossEntropy: logits must be [batch, classes] with at least two classes and not empty, found shape [${logits.shape.join(", ")}]; give at least one sample and two classes.`,
    );
  }
  if (labels.rank !== 1 || labels.size !== logits.shape[0] || labels.dtype !== "int32") {
    throw new LtuError(
      "SHAPE",
      `softmaxCrossEntropy: labels must be one int32 for each of the ${logits.shape[0]} rows of logits, found ${labels.dtype} of shape [${labels.shape.join(", ")}]; give them as tensor1d(labels, "int32").`,
    );
  }
  if (hasKernel(kernelNames.softmaxCrossEntropy)) {
    return runKernel(kernelNames.softmaxCrossEntropy, { logits, labels })[0] as Tensor1D;
  }
  return tidy(() => {
    const shifted = sub(logits, max(logits, 1, true));
    const picked = sum(mul(shifted, oneHot(labels, logits.shape[1])), 1);
    return add(log(sum(exp(shifted), 1)), neg(picked)) as Tensor1D;
  });
}
