import {
  Conv2DBackpropFilter,
  engine,
  getKernel,
  registerKernel,
  tensor1d,
  unregisterKernel,
  type Conv2DBackpropFilterAttrs,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

import { runOp1 } from "../tensorflow-op.ts";

/** The kernel as tfjs-node registered it, kept so that registering twice does not wrap twice. */
let original: KernelConfig | undefined;

/**
 * The filter gradient of a convolution, mended for 1x1 kernels with a stride.
 *
 * There oneDNN's form in libtensorflow 2.20 writes past its scratch memory: wrong numbers now and then, and crashes
 * (seen with AVX2, with one thread and with two; the same op without oneDNN is right, and so are all other sizes and
 * the other two convolution ops). A 1x1 kernel reads every stride-th pixel only, so those are picked first and the
 * stride is 1.
 */
export function registerConv2dBackpropFilter(): void {
  if (original !== undefined) return;
  original = getKernel(Conv2DBackpropFilter, "tensorflow");
  const { kernelFunc } = original;
  unregisterKernel(Conv2DBackpropFilter, "tensorflow");
  registerKernel({
    ...original,
    kernelFunc: (call) => {
      const attrs = call.attrs as unknown as Conv2DBackpropFilterAttrs;
      const [strideHeight, strideWidth] = pair(attrs.strides);
      const [height, width] = attrs.filterShape;
      const isPicking = height === 1 && width === 1 && (strideHeight > 1 || strideWidth > 1);
      if (!isPicking || attrs.dataFormat !== "NHWC") return kernelFunc(call);
      return engine().tidy(() => {
        const { x, dy } = call.inputs as unknown as { x: TensorInfo; dy: TensorInfo };
        const picked = everyPixel(x, [strideHeight, strideWidth]);
        return kernelFunc({
          inputs: { x: picked, dy } as unknown as NamedTensorInfoMap,
          backend: call.backend,
          attrs: { ...call.attrs, strides: [1, 1] } as NamedAttrMap,
        }) as Tensor;
      });
    },
  });
}

/** x[:, ::strideHeight, ::strideWidth, :]. */
function everyPixel(x: TensorInfo, [strideHeight, strideWidth]: readonly [number, number]): Tensor {
  const int32 = (values: number[]): TensorInfo => tensor1d(values, "int32");
  const inputs = [x, int32([0, 0, 0, 0]), int32([...x.shape]), int32([1, strideHeight, strideWidth, 1])];
  const noMasks = { begin_mask: { int: 0 }, end_mask: { int: 0 }, ellipsis_mask: { int: 0 } } as const;
  return runOp1(
    "StridedSlice",
    {
      T: { type: "float32" },
      Index: { type: "int32" },
      ...noMasks,
      new_axis_mask: { int: 0 },
      shrink_axis_mask: { int: 0 },
    },
    inputs,
  );
}

function pair(strides: number | [number, number]): [number, number] {
  return typeof strides === "number" ? [strides, strides] : strides;
}
