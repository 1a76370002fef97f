import { kernelNames } from "@ltu/core";
import type { TensorInfo } from "@tensorflow/tfjs-core";

import { registerTensorflowKernel, runOp1 } from "../tensorflow-op.ts";

/** dx = dy where y > 0, else 0, as one op instead of a step and a product. */
export function registerReluGrad(): void {
  registerTensorflowKernel(kernelNames.reluGrad, ({ dy, y }) =>
    runOp1("ReluGrad", { T: { type: "float32" } }, [dy as TensorInfo, y as TensorInfo]),
  );
}
