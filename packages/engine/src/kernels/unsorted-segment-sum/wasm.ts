import type { KernelConfig } from "@tensorflow/tfjs-core";

import { wasmKernel } from "../wasm-heap.ts";

/**
 * Sums of the rows of x by segment on the wasm backend, which has no kernel for it; the gradient of `gather`
 * needs it. Rows whose segment is outside `[0, numSegments)` are left out, as on the other backends.
 */
export const unsortedSegmentSumWasm: readonly KernelConfig[] = [
  wasmKernel<"x" | "segmentIds">("UnsortedSegmentSum", (backend, { x, segmentIds }, attrs) => {
    const numSegments = attrs["numSegments"] as number;
    const rest = x.shape.slice(1);
    const output = backend.makeOutput([numSegments, ...rest], x.dtype);
    const width = rest.reduce((product, size) => product * size, 1);
    const from = backend.typedArrayFromHeap(x);
    const to = backend.typedArrayFromHeap(output);
    const segments = backend.typedArrayFromHeap(segmentIds);
    to.fill(0);
    for (let row = 0; row < segments.length; row++) {
      const segment = segments[row] as number;
      if (segment < 0 || segment >= numSegments) continue;
      for (let i = 0; i < width; i++) {
        to[segment * width + i] = (to[segment * width + i] as number) + (from[row * width + i] as number);
      }
    }
    return output;
  }),
];
