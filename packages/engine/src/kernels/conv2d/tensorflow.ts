import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  engine,
  getKernel,
  registerKernel,
  tensor1d,
  tensor2d,
  unregisterKernel,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

import { runOp1 } from "../tensorflow-op.ts";

/** Zeros around an image: above, below, left and right. */
export type Padding = readonly [number, number, number, number];

/** The kernels as tfjs-node registered them, so that registering twice does not wrap twice. */
const originals = new Map<string, KernelConfig>();

/** Calls the kernel that was there before, with other inputs and attributes. */
export type Original = (inputs: Readonly<Record<string, TensorInfo>>, attrs: object) => Tensor;

/**
 * Replaces a convolution kernel of tfjs-node by one that may fall back on it. What `compute` makes on its way is
 * disposed.
 */
export function replaceKernel<Attrs>(
  name: string,
  compute: (inputs: Readonly<Record<string, TensorInfo>>, attrs: Attrs, original: Original) => Tensor,
): void {
  if (originals.has(name)) return;
  const config = getKernel(name, "tensorflow");
  originals.set(name, config);
  unregisterKernel(name, "tensorflow");
  registerKernel({
    ...config,
    kernelFunc: ({ inputs, backend, attrs }) =>
      engine().tidy(() =>
        compute(
          inputs as Record<string, TensorInfo>,
          attrs as Attrs,
          (otherInputs, otherAttrs) =>
            config.kernelFunc({
              inputs: otherInputs as NamedTensorInfoMap,
              backend,
              attrs: otherAttrs as NamedAttrMap,
            }) as Tensor,
        ),
      ),
  });
}

/** Geometry of a convolution, as its three kernels get it. */
export type Geometry = Pick<Conv2DAttrs, "strides" | "pad" | "dataFormat" | "dimRoundingMode">;

/**
 * The zeros that the caller wrote out, or `undefined` for "valid" and "same", which tfjs-node does itself. Other
 * paddings it knows in the forward pass only, and there not as one number.
 */
export function explicitPadding(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dataFormat, dimRoundingMode }: Geometry,
): Padding | undefined {
  // Channels first never gets here from tfjs's own gradients; it stays with tfjs-node.
  if (dataFormat !== "NHWC") return undefined;
  const { padInfo } = backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
  if (padInfo.type === "VALID" || padInfo.type === "SAME") return undefined;
  return [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right];
}

/** x with zeros around each image. */
export function padded(x: TensorInfo, [top, bottom, left, right]: Padding): Tensor {
  const paddings = tensor2d([0, 0, top, bottom, left, right, 0, 0], [4, 2], "int32");
  return runOp1("Pad", { T: { type: "float32" }, Tpaddings: { type: "int32" } }, [x, paddings]);
}

/** What {@link padded} added taken away again: its adjoint. */
export function cropped(x: TensorInfo, [top, , left]: Padding, shape: readonly number[]): Tensor {
  const [begin, size] = [[0, top, left, 0], shape].map((values) => tensor1d([...values], "int32")) as [
    Tensor,
    Tensor,
  ];
  return runOp1("Slice", { T: { type: "float32" }, Index: { type: "int32" } }, [x, begin, size]);
}

/** The forward convolution, which tfjs-node refuses for a padding given as one number. */
export function registerConv2d(): void {
  replaceKernel<Conv2DAttrs>(Conv2D, ({ x, filter }, attrs, original) => {
    const inputs = { x, filter } as Record<"x" | "filter", TensorInfo>;
    const padding = explicitPadding(inputs.x.shape, inputs.filter.shape, attrs);
    if (padding === undefined) return original(inputs, attrs);
    return original({ ...inputs, x: padded(inputs.x, padding) }, { ...attrs, pad: "valid" });
  });
}
