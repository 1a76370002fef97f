import { Conv2DBackpropInput, type Conv2DBackpropInputAttrs, type TensorInfo } from "@tensorflow/tfjs-core";

import { cropped, explicitPadding, replaceKernel } from "../conv2d/tensorflow.ts";

/** The input gradient of a convolution, for paddings other than "valid" and "same" too. */
export function registerConv2dBackpropInput(): void {
  replaceKernel<Conv2DBackpropInputAttrs>(Conv2DBackpropInput, ({ dy, filter }, attrs, original) => {
    const inputs = { dy, filter } as Record<"dy" | "filter", TensorInfo>;
    const { inputShape } = attrs;
    const padding = explicitPadding(inputShape, inputs.filter.shape, attrs);
    if (padding === undefined) return original(inputs, attrs);
    const [batch, height, width, channels] = inputShape;
    const [top, bottom, left, right] = padding;
    const paddedShape = [batch, height + top + bottom, width + left + right, channels];
    return cropped(
      original(inputs, { ...attrs, pad: "valid", inputShape: paddedShape }),
      padding,
      inputShape,
    );
  });
}
