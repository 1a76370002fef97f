import { backend_util, type KernelConfig } from "@tensorflow/tfjs-core";

import { floats, runWasmKernel, wasmKernel } from "../wasm-heap.ts";

/**
 * The filter gradient of a convolution on the wasm backend, which has no kernel for it, as one convolution:
 *
 * dw[i, j, c, k] = sum over n, p, q of x[n, s p + i - top, s q + j - left, c] dy[n, p, q, k]
 *
 * is the convolution of x with batch and channels swapped (`[c, height, width, n]`) by dy as a filter
 * (`[p, q, n, k]`) whose dilation is the stride s. Rows of x that no position reaches are left out of the swapped
 * copy, so that the output has just the size of the filter.
 */
export const conv2dBackpropFilterWasm: readonly KernelConfig[] = [
  wasmKernel<"x" | "dy">("Conv2DBackpropFilter", (backend, { x, dy }, attrs) => {
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs as unknown as ConvGradAttrs & {
      filterShape: [number, number, number, number];
    };
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      backend_util.convertConv2DDataFormat(dataFormat),
    );
    const { batchSize: n, inChannels, outChannels, filterHeight, filterWidth } = info;
    const rows = reach(info.inHeight, info.outHeight, info.strideHeight, filterHeight, info.padInfo.top);
    const columns = reach(info.inWidth, info.outWidth, info.strideWidth, filterWidth, info.padInfo.left);

    // Every position lies in the padding: the filter never meets x.
    if (rows.size <= 0 || columns.size <= 0) {
      const zeros = backend.makeOutput(filterShape, "float32");
      floats(backend, zeros).fill(0);
      return zeros;
    }

    const swapped = backend.makeOutput([inChannels, rows.size, columns.size, n], "float32");
    const filter = backend.makeOutput([info.outHeight, info.outWidth, n, outChannels], "float32");
    swapBatchAndChannels(floats(backend, x), floats(backend, swapped), {
      n,
      channels: inChannels,
      height: info.inHeight,
      width: info.inWidth,
      top: rows.first,
      left: columns.first,
      rows: rows.size,
      columns: columns.size,
    });
    batchInwards(floats(backend, dy), floats(backend, filter), n, outChannels);
    const gradient = runWasmKernel(
      backend,
      "Conv2D",
      { x: swapped, filter },
      {
        strides: [1, 1],
        dilations: [info.strideHeight, info.strideWidth],
        pad: [
          [0, 0],
          [rows.before, rows.after],
          [columns.before, columns.after],
          [0, 0],
        ],
        dataFormat: "NHWC",
      },
    );
    const output = backend.makeOutput(filterShape, "float32");
    channelsInwards(
      floats(backend, gradient),
      floats(backend, output),
      inChannels,
      filterHeight * filterWidth,
      outChannels,
    );
    for (const made of [swapped, filter, gradient]) backend.disposeData(made.dataId);
    return output;
  }),
];

/** Attributes of both convolution gradients. */
export interface ConvGradAttrs {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Which part of an axis the filter reaches, and the padding around that part with which the swapped convolution
 * has exactly `filter` outputs.
 */
function reach(
  input: number,
  output: number,
  stride: number,
  filter: number,
  padding: number,
): { first: number; size: number; before: number; after: number } {
  const first = Math.max(0, -padding);
  const span = (output - 1) * stride + filter;
  const last = Math.min(input, span - padding);
  const before = Math.max(0, padding);
  return { first, size: last - first, before, after: span - before - (last - first) };
}

/** How much of x is copied where: `rows` by `columns` positions from `top`, `left` on. */
interface Window {
  readonly n: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

/** `[n, height, width, channels]` to `[channels, rows, columns, n]`. */
function swapBatchAndChannels(from: Float32Array, to: Float32Array, window: Window): void {
  const { n, channels, height, width, top, left, rows, columns } = window;
  const imageSize = height * width * channels;
  const planeSize = rows * columns * n;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const source = ((row + top) * width + column + left) * channels;
      const target = (row * columns + column) * n;
      for (let channel = 0; channel < channels; channel++) {
        let read = source + channel;
        const end = target + channel * planeSize + n;
        for (let write = target + channel * planeSize; write < end; write++) {
          to[write] = from[read] as number;
          read += imageSize;
        }
      }
    }
  }
}

/** `[n, positions, channels]` to `[positions, n, channels]`. */
function batchInwards(from: Float32Array, to: Float32Array, n: number, channels: number): void {
  const positions = from.length / (n * channels);
  let write = 0;
  for (let position = 0; position < positions; position++) {
    for (let image = 0; image < n; image++) {
      const read = (image * positions + position) * channels;
      for (let channel = 0; channel < channels; channel++) to[write++] = from[read + channel] as number;
    }
  }
}

/** `[channels, taps, outputs]` to `[taps, channels, outputs]`. */
function channelsInwards(
  from: Float32Array,
  to: Float32Array,
  channels: number,
  taps: number,
  outputs: number,
): void {
  let write = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let channel = 0; channel < channels; channel++) {
      const read = (channel * taps + tap) * outputs;
      for (let output = 0; output < outputs; output++) to[write++] = from[read + output] as number;
    }
  }
}
