import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { getKernel, type KernelConfig, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";

import { runWasmKernel } from "../wasm-heap.ts";

/**
 * tfjs's matrix product on the wasm backend, transposing first where it is asked to: its own product of transposed
 * matrices is a plain loop on one thread, and the gradients of every linear layer are such products.
 */
export function batchMatMulWasm(): KernelConfig {
  const original = getKernel("BatchMatMul", "wasm");
  return {
    ...original,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const wasm = backend as unknown as BackendWasm;
      const { transposeA, transposeB } = attrs as NamedAttrMap;
      const [a, freeA] = plain(wasm, inputs["a"] as TensorInfo, transposeA === true);
      const [b, freeB] = plain(wasm, inputs["b"] as TensorInfo, transposeB === true);
      const product = original.kernelFunc({
        inputs: { a, b },
        attrs: { transposeA: false, transposeB: false },
        backend,
      });
      freeA();
      freeB();
      return product;
    },
  };
}

/** The matrix itself, or its transposed copy with what releases that. */
function plain(backend: BackendWasm, matrix: TensorInfo, transposed: boolean): [TensorInfo, () => void] {
  if (!transposed) return [matrix, () => undefined];
  const rank = matrix.shape.length;
  const perm = matrix.shape.map((_, axis) => (axis < rank - 2 ? axis : rank - 1 - (axis - (rank - 2))));
  const copy = runWasmKernel(backend, "Transpose", { x: matrix }, { perm });
  return [copy, () => void backend.disposeData(copy.dataId)];
}
