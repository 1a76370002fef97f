import { kernelNames } from "@ltu/core";
import type { KernelConfig } from "@tensorflow/tfjs-core";

import { floats, wasmKernel } from "../wasm-heap.ts";

/** Softmax cross-entropy and its gradient on the wasm backend: a loop over the batch, exponentials in float64. */
export const softmaxCrossEntropyWasm: readonly KernelConfig[] = [
  wasmKernel<"logits" | "labels">(kernelNames.softmaxCrossEntropy, (backend, { logits, labels }) => {
    const [batch, classes] = logits.shape as [number, number];
    const output = backend.makeOutput([batch], "float32");
    const z = floats(backend, logits);
    const y = backend.typedArrayFromHeap(labels);
    const loss = floats(backend, output);
    for (let i = 0; i < batch; i++) {
      const row = i * classes;
      const { largest, total } = partition(z, row, classes);
      const label = y[i] as number;
      // A label outside the classes picks nothing, as one-hot coding does.
      const picked = label >= 0 && label < classes ? (z[row + label] as number) - largest : 0;
      loss[i] = Math.log(total) - picked;
    }
    return output;
  }),
  wasmKernel<"logits" | "labels" | "dy">(
    kernelNames.softmaxCrossEntropyGrad,
    (backend, { logits, labels, dy }) => {
      const [batch, classes] = logits.shape as [number, number];
      const output = backend.makeOutput([batch, classes], "float32");
      const z = floats(backend, logits);
      const y = backend.typedArrayFromHeap(labels);
      const d = floats(backend, dy);
      const gradient = floats(backend, output);
      for (let i = 0; i < batch; i++) {
        const row = i * classes;
        const { largest, total } = partition(z, row, classes);
        const weight = d[i] as number;
        for (let c = 0; c < classes; c++) {
          const probability = Math.exp((z[row + c] as number) - largest) / total;
          gradient[row + c] = (probability - (c === y[i] ? 1 : 0)) * weight;
        }
      }
      return output;
    },
  ),
];

/** The largest logit of a row, and the sum of exponentials of the row's logits less it. */
function partition(z: Float32Array, row: number, classes: number): { largest: number; total: number } {
  let largest = -Infinity;
  for (let c = 0; c < classes; c++) largest = Math.max(largest, z[row + c] as number);
  let total = 0;
  for (let c = 0; c < classes; c++) total += Math.exp((z[row + c] as number) - largest);
  return { largest, total };
}
