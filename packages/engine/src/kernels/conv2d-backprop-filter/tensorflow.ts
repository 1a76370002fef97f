import {
  Conv2DBackpropFilter,
  tensor1d,
  type Conv2DBackpropFilterAttrs,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

import { explicitPadding, padded, replaceKernel } from "../conv2d/tensorflow.ts";
import { runOp1 } from "../tensorflow-op.ts";

/**
 * The filter gradient of a convolution: for paddings other than "valid" and "same" too, and mended for 1x1 kernels
 * with a stride.
 *
 * There oneDNN's form in libtensorflow 2.20 writes past its scratch memory: wrong numbers now and then, and crashes
 * (seen with AVX2, with one thread and with two; the same op without oneDNN is right, and so are all other sizes and
 * the other two convolution ops). A 1x1 kernel reads every stride-th pixel only, so those are picked first and the
 * stride is 1.
 */
export function registerConv2dBackpropFilter(): void {
  replaceKernel<Conv2DBackpropFilterAttrs>(Conv2DBackpropFilter, ({ x, dy }, attrs, original) => {
    const inputs = { x, dy } as Record<"x" | "dy", TensorInfo>;
    const padding = explicitPadding(inputs.x.shape, attrs.filterShape, attrs);
    const geometry = padding === undefined ? attrs : { ...attrs, pad: "valid" };
    const around = padding === undefined ? inputs.x : padded(inputs.x, padding);
    const [strideHeight, strideWidth] = pair(attrs.strides);
    const [height, width] = attrs.filterShape;
    const isPicking =
      attrs.dataFormat === "NHWC" && height === 1 && width === 1 && (strideHeight > 1 || strideWidth > 1);
    if (!isPicking) return original({ ...inputs, x: around }, geometry);
    const picked = everyPixel(around, [strideHeight, strideWidth]);
    return original({ ...inputs, x: picked }, { ...geometry, strides: [1, 1] });
  });
}

/** x[:, ::strideHeight, ::strideWidth, :]. */
function everyPixel(x: TensorInfo, [strideHeight, strideWidth]: readonly [number, number]): Tensor {
  const int32 = (values: number[]): TensorInfo => tensor1d(values, "int32");
  const inputs = [x, int32([0, 0, 0, 0]), int32([...x.shape]), int32([1, strideHeight, strideWidth, 1])];
  return runOp1(
    "StridedSlice",
    {
      T: { type: "float32" },
      Index: { type: "int32" },
      begin_mask: { int: 0 },
      end_mask: { int: 0 },
      ellipsis_mask: { int: 0 },
      new_axis_mask: { int: 0 },
      shrink_axis_mask: { int: 0 },
    },
    inputs,
  );
}

function pair(strides: number | [number, number]): [number, number] {
  return typeof strides === "number" ? [strides, strides] : strides;
}
