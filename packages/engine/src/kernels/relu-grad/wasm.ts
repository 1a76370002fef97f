import { kernelNames } from "@ltu/core";
import type { KernelConfig } from "@tensorflow/tfjs-core";

import { floats, wasmKernel } from "../wasm-heap.ts";

/**
 * The gradient of ReLU on the wasm backend: dy where the output is positive, else 0. It works on the bits of the
 * numbers, because the sign of activations is as good as random and a wrongly predicted branch costs more than
 * all the rest.
 */
export const reluGradWasm: readonly KernelConfig[] = [
  wasmKernel<"dy" | "y">(kernelNames.reluGrad, (backend, inputs) => {
    const output = backend.makeOutput(inputs.dy.shape, "float32");
    const dy = bits(floats(backend, inputs.dy));
    const y = bits(floats(backend, inputs.y));
    const dx = bits(floats(backend, output));
    for (let i = 0; i < dx.length; i++) {
      const value = y[i] as number;
      // All ones where value > 0 as an integer, which is where the float32 with these bits is above 0; else zeros.
      const positive = ((0 - value) & ~value) >> 31;
      dx[i] = (dy[i] as number) & positive;
    }
    return output;
  }),
];

function bits(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}
