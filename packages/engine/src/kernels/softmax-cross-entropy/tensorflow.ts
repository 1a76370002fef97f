import { kernelNames } from "@ltu/core";
import type { Tensor, TensorInfo } from "@tensorflow/tfjs-core";

import { registerTensorflowKernel, reshaped, runOp, runOp1 } from "../tensorflow-op.ts";

/** Cross-entropy from logits and int32 labels, and its gradient, by the one op that gives both. */
export function registerSoftmaxCrossEntropy(): void {
  registerTensorflowKernel(
    kernelNames.softmaxCrossEntropy,
    ({ logits, labels }) => lossAndGradient(logits, labels)[0],
  );
  registerTensorflowKernel(kernelNames.softmaxCrossEntropyGrad, ({ logits, labels, dy }) => {
    const [, gradient] = lossAndGradient(logits, labels);
    return runOp1("Mul", { T: { type: "float32" } }, [
      gradient,
      reshaped(dy as TensorInfo, [gradient.shape[0] as number, 1]),
    ]);
  });
}

/** `[batch]` and `[batch, classes]`. The op does the second anyway, so nothing is kept between the two passes. */
function lossAndGradient(logits: TensorInfo | undefined, labels: TensorInfo | undefined): [Tensor, Tensor] {
  return runOp(
    "SparseSoftmaxCrossEntropyWithLogits",
    { T: { type: "float32" }, Tlabels: { type: "int32" } },
    [logits as TensorInfo, labels as TensorInfo],
    2,
  ) as [Tensor, Tensor];
}
