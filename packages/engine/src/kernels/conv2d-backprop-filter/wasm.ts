import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { backend_util, type KernelConfig, type TensorInfo } from "@tensorflow/tfjs-core";

import { floats, runWasmKernel, wasmKernel } from "../wasm-heap.ts";

/** The batch is worked on in parts of about so many numbers of patches, which stay in the processor's caches. */
const patchNumbers = 1 << 19;

/**
 * The filter gradient of a convolution on the wasm backend, which has no kernel for it, as a matrix product:
 *
 * dw[i, j, c, k] = sum over n, p, q of x[n, s p + i - top, s q + j - left, c] dy[n, p, q, k]
 *
 * The patches of x are laid out as `[i j c, n p q]`, so that the product with dy, `[n p q, k]`, needs no
 * transposition, which the backend's matrix product does badly.
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
    const output = backend.makeOutput(filterShape, "float32");
    floats(backend, output).fill(0);
    const rows = info.filterHeight * info.filterWidth * info.inChannels;
    const positions = info.outHeight * info.outWidth;
    const part = Math.max(1, Math.min(info.batchSize, Math.floor(patchNumbers / (rows * positions))));
    for (let first = 0; first < info.batchSize; first += part) {
      const images = Math.min(part, info.batchSize - first);
      addPart(backend, { x, dy, output }, info, { first, images });
    }
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

/** A run of images of the batch. */
interface Part {
  readonly first: number;
  readonly images: number;
}

/** Adds the gradient of some of the images to `output`. */
function addPart(
  backend: BackendWasm,
  { x, dy, output }: Record<"x" | "dy" | "output", TensorInfo>,
  info: backend_util.Conv2DInfo,
  part: Part,
): void {
  const { outHeight, outWidth, outChannels, filterHeight, filterWidth, inChannels } = info;
  const rows = filterHeight * filterWidth * inChannels;
  const columns = part.images * outHeight * outWidth;
  const patches = backend.makeOutput([rows, columns], "float32");
  layOutPatches(floats(backend, x), floats(backend, patches), info, part);
  const slice = runWasmKernel(
    backend,
    "Slice",
    { x: dy },
    { begin: [part.first, 0, 0, 0], size: [part.images, outHeight, outWidth, outChannels] },
  );
  const product = runWasmKernel(
    backend,
    "BatchMatMul",
    { a: patches, b: { ...slice, shape: [columns, outChannels] } },
    { transposeA: false, transposeB: false },
  );
  const from = floats(backend, product);
  const to = floats(backend, output);
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + (from[i] as number);
  for (const made of [patches, slice, product]) backend.disposeData(made.dataId);
}

/** x, `[n, height, width, c]`, to patches, `[i j c, n p q]`, with zeros where the padding is. */
function layOutPatches(
  x: Float32Array,
  patches: Float32Array,
  info: backend_util.Conv2DInfo,
  { first, images }: Part,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth } = info;
  const columns = images * outHeight * outWidth;
  const step = strideWidth * inChannels;
  for (let i = 0; i < filterHeight; i++) {
    for (let j = 0; j < filterWidth; j++) {
      // The q for which s q + j - left lies in the image.
      const shift = j - info.padInfo.left;
      const begin = Math.min(outWidth, Math.max(0, Math.ceil(-shift / strideWidth)));
      const end = Math.max(begin, Math.min(outWidth, Math.ceil((inWidth - shift) / strideWidth)));
      for (let c = 0; c < inChannels; c += 4) {
        const lanes = Math.min(4, inChannels - c);
        const target = ((i * filterWidth + j) * inChannels + c) * columns;
        for (let image = 0; image < images; image++) {
          for (let p = 0; p < outHeight; p++) {
            const row = p * strideHeight + i - info.padInfo.top;
            const write = target + (image * outHeight + p) * outWidth;
            const inside = row >= 0 && row < inHeight;
            if (!inside || begin > 0 || end < outWidth) {
              for (let lane = 0; lane < lanes; lane++) {
                patches.fill(0, write + lane * columns, write + lane * columns + outWidth);
              }
            }
            if (inside) {
              const line = ((first + image) * inHeight + row) * inWidth + shift;
              const read = (line + begin * strideWidth) * inChannels + c;
              copyLanes(x, patches, { read, step, write: write + begin, count: end - begin, columns, lanes });
            }
          }
        }
      }
    }
  }
}

/** Where {@link copyLanes} reads and writes. */
interface Run {
  readonly read: number;
  readonly step: number;
  readonly write: number;
  readonly count: number;
  readonly columns: number;
  readonly lanes: number;
}

/** Copies `count` pixels, `step` apart, of up to four neighbouring channels, each to its own row. */
function copyLanes(x: Float32Array, patches: Float32Array, run: Run): void {
  const { step, count, columns, lanes } = run;
  let { read } = run;
  let first = run.write;
  const end = first + count;
  if (lanes === 4) {
    let second = first + columns;
    let third = second + columns;
    let fourth = third + columns;
    while (first < end) {
      patches[first++] = x[read] as number;
      patches[second++] = x[read + 1] as number;
      patches[third++] = x[read + 2] as number;
      patches[fourth++] = x[read + 3] as number;
      read += step;
    }
    return;
  }
  for (let lane = 0; lane < lanes; lane++) {
    for (let q = 0; q < count; q++) {
      patches[first + lane * columns + q] = x[read + lane + q * step] as number;
    }
  }
}
