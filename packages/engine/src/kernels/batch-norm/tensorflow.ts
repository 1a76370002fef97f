import { kernelNames } from "@ltu/core";
import { tensor1d, type NamedAttrMap, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";

import { registerTensorflowKernel, reshaped, runOp, type OpAttributes } from "../tensorflow-op.ts";

type BatchNormInputs = Readonly<Record<string, TensorInfo>>;

/**
 * Batch norm by FusedBatchNormV3 and FusedBatchNormGradV3, one op for each pass.
 *
 * Their CPU form hands the biased variance of the batch from the forward to the backward op as "reserve space 2",
 * which is exactly what our ops promise and want; output 2 is the unbiased one. On a GPU the reserve spaces hold
 * other things, so these kernels are for the CPU build only and a GPU takes the composed forms.
 */
export function registerBatchNorm(): void {
  registerTensorflowKernel(kernelNames.batchNormTraining, (inputs, attrs) => {
    const { x, gamma, beta } = inputs as Record<"x" | "gamma" | "beta", TensorInfo>;
    const empty = tensor1d([], "float32");
    const [y, mean, , , variance] = forward(x, [gamma, beta, empty, empty], attrs, true);
    return [y, mean, variance] as Tensor[];
  });
  registerTensorflowKernel(kernelNames.batchNormInference, (inputs, attrs) => {
    const { x, gamma, beta, mean, variance } = inputs as Record<string, TensorInfo> &
      Record<"x" | "gamma" | "beta" | "mean" | "variance", TensorInfo>;
    return forward(x, [gamma, beta, mean, variance], attrs, false)[0] as Tensor;
  });
  registerTensorflowKernel(kernelNames.batchNormTrainingGrad, (inputs, attrs) =>
    backward(inputs, attrs, true),
  );
  registerTensorflowKernel(kernelNames.batchNormInferenceGrad, (inputs, attrs) =>
    backward(inputs, attrs, false),
  );
}

/** y, batch mean, unbiased batch variance, reserve space 1 (mean), 2 (biased variance) and 3. */
function forward(
  x: TensorInfo,
  others: readonly TensorInfo[],
  attrs: NamedAttrMap,
  training: boolean,
): Tensor[] {
  const outputs = runOp("FusedBatchNormV3", attributes(attrs, training), [withFourAxes(x), ...others], 6);
  return [withShapeOf(x, outputs[0] as Tensor), ...outputs.slice(1)];
}

/** dx, dgamma and dbeta. */
function backward(inputs: BatchNormInputs, attrs: NamedAttrMap, training: boolean): Tensor[] {
  const { x, gamma, mean, variance, dy } = inputs as Record<
    "x" | "gamma" | "mean" | "variance" | "dy",
    TensorInfo
  >;
  const [dx, dgamma, dbeta] = runOp(
    "FusedBatchNormGradV3",
    attributes(attrs, training),
    [withFourAxes(dy), withFourAxes(x), gamma, mean, variance, tensor1d([], "float32")],
    5,
  ) as [Tensor, Tensor, Tensor];
  return [withShapeOf(x, dx), dgamma, dbeta];
}

function attributes(attrs: NamedAttrMap, training: boolean): OpAttributes {
  return {
    T: { type: "float32" },
    U: { type: "float32" },
    epsilon: { float: attrs["epsilon"] as number },
    data_format: { string: "NHWC" },
    is_training: { bool: training },
  };
}

/** The op wants `[batch, height, width, channels]`. */
function withFourAxes(x: TensorInfo): TensorInfo {
  if (x.shape.length === 4) return x;
  const channels = x.shape.at(-1) as number;
  return reshaped(x, [x.shape.slice(0, -1).reduce((size, length) => size * length, 1), 1, 1, channels]);
}

function withShapeOf(x: TensorInfo, result: Tensor): Tensor {
  return x.shape.length === 4 ? result : reshaped(result, x.shape);
}
