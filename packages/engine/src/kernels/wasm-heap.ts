import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import {
  getKernel,
  type KernelBackend,
  type KernelConfig,
  type NamedAttrMap,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

/**
 * The numbers of a float32 tensor in place, in the module's memory. The view is stale as soon as anything else is
 * allocated there (memory may grow), so a kernel makes all its outputs first and takes its views then.
 */
export function floats(backend: BackendWasm, info: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array;
}

/** A kernel of ours for the wasm backend. */
export function wasmKernel<Inputs extends string>(
  kernelName: string,
  run: (
    backend: BackendWasm,
    inputs: Record<Inputs, TensorInfo>,
    attrs: NamedAttrMap,
  ) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName: "wasm",
    kernelFunc: ({ inputs, backend, attrs }) =>
      run(backend as unknown as BackendWasm, inputs as Record<Inputs, TensorInfo>, attrs ?? {}),
  };
}

/** Runs one of the backend's own kernels inside a kernel of ours; nothing is taped, the caller disposes the result. */
export function runWasmKernel(
  backend: BackendWasm,
  kernelName: string,
  inputs: Record<string, TensorInfo>,
  attrs: object = {},
): TensorInfo {
  return getKernel(kernelName, "wasm").kernelFunc({
    inputs,
    attrs: attrs as NamedAttrMap,
    backend: backend as unknown as KernelBackend,
  }) as TensorInfo;
}
