import { conv2d, pad as padTensor, slice, tidy, type Tensor4D } from "@tensorflow/tfjs-core";

import type { Params } from "@ltu/core";

/** Geometry of a convolution. */
export interface ConvOptions {
  /** Default 1. */
  readonly stride?: number;
  /** Zeros on each of the four sides, as in PyTorch; default 0. */
  readonly pad?: number;
}

/**
 * Convolution without bias, with the same number of zeros on each side.
 *
 * With stride 2 on an even size this is not TensorFlow's "same", which puts no zero before and one after. Where
 * the two agree, "same" is used; elsewhere the zeros are written, because that is right on every engine.
 *
 * @param x - `[batch, height, width, in]`.
 * @param layer - The layer's name; it reads `<layer>.weight`, `[kernel, kernel, in, out]`.
 * @returns `[batch, floor((height + 2 pad - kernel) / stride) + 1, ..., out]`; the caller disposes it.
 */
export function conv(
  x: Tensor4D,
  layer: string,
  params: Params,
  { stride = 1, pad = 0 }: ConvOptions = {},
): Tensor4D {
  const kernel = params[`${layer}.weight`] as Tensor4D;
  const [size] = kernel.shape;
  const [batch, height, width, channels] = x.shape;
  const unread = size === 1 ? [height, width].map((length) => (length - 1) % stride) : [0, 0];
  if (pad === 0 && unread.some((count) => count > 0)) {
    // Rows and columns at the end that a strided 1x1 kernel does not read are cut off: with them libtensorflow
    // 2.20 with oneDNN gives a wrong filter gradient where the input has few channels.
    const [rows, columns] = [height - (unread[0] as number), width - (unread[1] as number)];
    return tidy(() => conv2d(slice(x, 0, [batch, rows, columns, channels]), kernel, stride, "valid"));
  }
  if (pad === 0) return conv2d(x, kernel, stride, "valid");
  if ([height, width].every((length) => isSamePadding(length, { size, stride, pad }))) {
    return conv2d(x, kernel, stride, "same");
  }
  return tidy(() =>
    conv2d(
      padTensor(x, [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ]) as Tensor4D,
      kernel,
      stride,
      "valid",
    ),
  );
}

/** Whether TensorFlow's "same" puts exactly `pad` zeros on both sides of an axis. */
function isSamePadding(
  length: number,
  { size, stride, pad }: { readonly size: number; readonly stride: number; readonly pad: number },
): boolean {
  const outputs = Math.ceil(length / stride);
  return Math.max(0, (outputs - 1) * stride + size - length) === 2 * pad;
}
