import { backend_util, type KernelConfig, type TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

import type { ConvGradAttrs } from "../conv2d-backprop-filter/wasm.ts";
import { floats, runWasmKernel, wasmKernel } from "../wasm-heap.ts";

/** Above so many numbers in its intermediate product the batch is worked on in parts. */
const largestProduct = 1 << 23;

/**
 * The input gradient of a convolution on the wasm backend, in place of its own kernel (plain loops on one thread).
 *
 * Stride 1: the convolution of dy with the filter turned around. Larger strides: dy times the transposed filter
 * gives every product once, `[batch, p, q, taps, channels]`, and each is added where it belongs. (A convolution of
 * the dilated dy would multiply stride² - 1 zeros for each number.)
 */
export const conv2dBackpropInputWasm: readonly KernelConfig[] = [
  wasmKernel<"dy" | "filter">("Conv2DBackpropInput", (backend, { dy, filter }, attrs) => {
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } = attrs as unknown as ConvGradAttrs & {
      inputShape: [number, number, number, number];
    };
    const info = backend_util.computeConv2DInfo(
      inputShape,
      filter.shape as [number, number, number, number],
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      backend_util.convertConv2DDataFormat(dataFormat),
    );
    const padding = turnedPadding(info);
    const plain = info.strideHeight === 1 && info.strideWidth === 1 && padding.flat().every((p) => p >= 0);
    return plain ? byConvolution(backend, dy, filter, padding) : byProducts(backend, dy, filter, info);
  }),
];

/** The padding with which the convolution by the turned filter has the size of the input. */
function turnedPadding(info: backend_util.Conv2DInfo): [[number, number], [number, number]] {
  const top = info.filterHeight - 1 - info.padInfo.top;
  const left = info.filterWidth - 1 - info.padInfo.left;
  return [
    [top, info.inHeight + info.filterHeight - 1 - info.outHeight - top],
    [left, info.inWidth + info.filterWidth - 1 - info.outWidth - left],
  ];
}

function byConvolution(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  [rows, columns]: [[number, number], [number, number]],
): TensorInfo {
  const [height, width, inputs, outputs] = filter.shape as [number, number, number, number];
  const turned = backend.makeOutput([height, width, outputs, inputs], "float32");
  const from = floats(backend, filter);
  const to = floats(backend, turned);
  const taps = height * width;
  for (let tap = 0; tap < taps; tap++) {
    transpose(
      from,
      to,
      { from: tap * inputs * outputs, to: (taps - 1 - tap) * inputs * outputs },
      inputs,
      outputs,
    );
  }
  const dx = runWasmKernel(
    backend,
    "Conv2D",
    { x: dy, filter: turned },
    { strides: [1, 1], dilations: [1, 1], pad: [[0, 0], rows, columns, [0, 0]], dataFormat: "NHWC" },
  );
  backend.disposeData(turned.dataId);
  return dx;
}

/** The `rows` by `columns` matrix that starts at `start.from`, transposed to `start.to`. */
function transpose(
  from: Float32Array,
  to: Float32Array,
  start: { readonly from: number; readonly to: number },
  rows: number,
  columns: number,
): void {
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      to[start.to + column * rows + row] = from[start.from + row * columns + column] as number;
    }
  }
}

function byProducts(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const width = filter.shape.slice(0, 3).reduce((a, b) => a * b, 1);
  const transposed = backend.makeOutput([outChannels, width], "float32");
  transpose(floats(backend, filter), floats(backend, transposed), { from: 0, to: 0 }, width, outChannels);
  const dx = backend.makeOutput(info.inShape, "float32");
  floats(backend, dx).fill(0);
  const positions = outHeight * outWidth;
  const part = Math.max(1, Math.min(batchSize, Math.floor(largestProduct / (positions * width))));
  for (let first = 0; first < batchSize; first += part) {
    const count = Math.min(part, batchSize - first);
    const slice = runWasmKernel(
      backend,
      "Slice",
      { x: dy },
      { begin: [first, 0, 0, 0], size: [count, outHeight, outWidth, outChannels] },
    );
    const products = runWasmKernel(
      backend,
      "BatchMatMul",
      { a: { ...slice, shape: [count * positions, outChannels] }, b: transposed },
      { transposeA: false, transposeB: false },
    );
    addProducts(floats(backend, products), floats(backend, dx), info, first, count);
    for (const made of [slice, products]) backend.disposeData(made.dataId);
  }
  backend.disposeData(transposed.dataId);
  return dx;
}

/** Adds the products of each output position to the pixels under its filter; rows of a filter lie together. */
function addProducts(
  products: Float32Array,
  dx: Float32Array,
  info: backend_util.Conv2DInfo,
  firstImage: number,
  images: number,
): void {
  const { outHeight, outWidth, inHeight, inWidth, inChannels, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  const rowSize = filterWidth * inChannels;
  let read = 0;
  for (let image = firstImage; image < firstImage + images; image++) {
    for (let p = 0; p < outHeight; p++) {
      for (let q = 0; q < outWidth; q++) {
        const column = q * strideWidth - padInfo.left;
        const from = Math.max(0, -column) * inChannels;
        const to = Math.min(filterWidth, inWidth - column) * inChannels;
        for (let i = 0; i < filterHeight; i++) {
          const row = p * strideHeight - padInfo.top + i;
          if (row >= 0 && row < inHeight) {
            const write = ((image * inHeight + row) * inWidth + column) * inChannels;
            addRun(products, dx, { read: read + from, write: write + from, count: to - from });
          }
          read += rowSize;
        }
      }
    }
  }
}

/** dx[write ..] += products[read ..], four at a time where there are. */
function addRun(
  products: Float32Array,
  dx: Float32Array,
  { read, write, count }: { readonly read: number; readonly write: number; readonly count: number },
): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const r = read + i;
    const w = write + i;
    dx[w] = (dx[w] as number) + (products[r] as number);
    dx[w + 1] = (dx[w + 1] as number) + (products[r + 1] as number);
    dx[w + 2] = (dx[w + 2] as number) + (products[r + 2] as number);
    dx[w + 3] = (dx[w + 3] as number) + (products[r + 3] as number);
  }
  for (; i < count; i++) dx[write + i] = (dx[write + i] as number) + (products[read + i] as number);
}
