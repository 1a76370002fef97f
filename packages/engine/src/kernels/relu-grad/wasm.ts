import { kernelNames } from "@ltu/core";
import type { KernelConfig } from "@tensorflow/tfjs-core";

import { floats, wasmKernel } from "../wasm-heap.ts";

/** The gradient of ReLU on the wasm backend: dy where the output is positive, else 0, in one pass. */
export const reluGradWasm: readonly KernelConfig[] = [
  wasmKernel<"dy" | "y">(kernelNames.reluGrad, (backend, inputs) => {
    const output = backend.makeOutput(inputs.dy.shape, "float32");
    const dy = floats(backend, inputs.dy);
    const y = floats(backend, inputs.y);
    const dx = floats(backend, output);
    for (let i = 0; i < dx.length; i++) dx[i] = (y[i] as number) > 0 ? (dy[i] as number) : 0;
    return output;
  }),
];
