import {
  backend,
  findBackend,
  getBackend,
  ready,
  setBackend,
  tensor1d,
  version_core,
} from "@tensorflow/tfjs-core";

import { unavailable, type EngineName, type StartedBackend, type StartOptions } from "../engine-backend.ts";
import { registerTensorflowKernels } from "../kernels/tensorflow.ts";

/** The parts of tfjs-node's backend that are used here. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly isGPUPackage: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** What differs between the CPU and the CUDA package. */
export interface TensorflowPackage {
  readonly engine: EngineName;
  readonly name: string;
  /** The command that provides libtensorflow. */
  readonly command: string;
  readonly needsDevice: boolean;
}

/** The CPU and the CUDA package register the same backend name, so a process holds one of them. */
const backendName = "tensorflow";

/**
 * Loads tfjs-node (or its CUDA twin), selects its backend and registers our kernels for it.
 *
 * @throws LtuError `BACKEND` when the package, libtensorflow or the device is missing.
 */
export async function startTensorflow(
  { engine, name, command, needsDevice }: TensorflowPackage,
  { threads, forced }: StartOptions,
): Promise<StartedBackend> {
  if (typeof process === "undefined" || process.versions?.node === undefined) {
    throw unavailable(engine, "it needs Node", "choose webgpu or wasm in a browser");
  }
  const [{ availableParallelism }, { existsSync }] = await Promise.all([
    import("node:os"),
    import("node:fs"),
  ]);
  const noDevice = unavailable(
    engine,
    "no device: no usable CUDA GPU was found",
    "install the NVIDIA driver and CUDA 12, or choose native or wasm",
  );
  // The CUDA library takes seconds to load, and two libtensorflows must not share a process: look first.
  if (needsDevice && forced !== true && !["/dev/nvidiactl", "/dev/dxg"].some((path) => existsSync(path))) {
    throw noDevice;
  }
  // libtensorflow reads these when it loads. oneDNN's kernels are off by default on some x86 machines, where
  // convolution gradients are then two to five times slower.
  process.env["TF_ENABLE_ONEDNN_OPTS"] ??= "1";
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
  if (threads !== undefined) process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
  process.env["TF_FORCE_GPU_ALLOW_GROWTH"] ??= "true";
  const previous = getBackend();
  if (findBackend(backendName) === null) {
    await loadQuietly(name).catch((error: unknown) => {
      throw explained(engine, name, command, error);
    });
  }
  if (!(await setBackend(backendName))) {
    throw unavailable(
      engine,
      `${name} did not start its backend`,
      `run "${command.includes(" -- ") ? command : `${command} --`} --rebuild"`,
    );
  }
  await ready();
  const { isUsingGpuDevice, isGPUPackage, binding } = backend() as unknown as NodeBackend;
  if (needsDevice && !isUsingGpuDevice) {
    if (previous !== undefined && previous !== backendName) await setBackend(previous);
    throw noDevice;
  }
  registerTensorflowKernels({ gpu: isUsingGpuDevice });
  // The addon prints on its first op; better here than in the middle of a progress line.
  tensor1d([0]).dispose();
  const running = Number(process.env["TF_NUM_INTRAOP_THREADS"]) || availableParallelism();
  return {
    description: isUsingGpuDevice
      ? `TensorFlow ${binding.TF_Version} on a CUDA GPU`
      : `TensorFlow ${binding.TF_Version} with oneDNN, ${running} ${running === 1 ? "thread" : "threads"}`,
    threads: isUsingGpuDevice ? 1 : running,
    versions: {
      [isGPUPackage ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node"]: version_core,
      libtensorflow: binding.TF_Version,
    },
  };
}

/** Loads the package with the functions of Node that it misses, and without its greeting. */
async function loadQuietly(name: string): Promise<void> {
  const { default: util } = await import("node:util");
  const patched = util as unknown as Record<string, unknown>;
  // tfjs-node 4.22.0 calls both. The first is gone since Node 23, and Node 22 warns of both.
  patched["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined;
  patched["isArray"] = Array.isArray;
  const methods = ["log", "info", "warn"] as const;
  const originals = methods.map((method) => console[method]);
  for (const method of methods) console[method] = () => {};
  try {
    // A name that is not a literal, so that bundlers for the browser do not follow it.
    await import(/* @vite-ignore */ name);
  } finally {
    methods.forEach((method, i) => (console[method] = originals[i] as typeof console.log));
  }
}

function explained(engine: EngineName, name: string, command: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (/tfjs_binding\.node.*(can not be found|cannot open)|native addon module/s.test(message)) {
    return unavailable(engine, `${name} has no libtensorflow yet`, `run "${command}"`, error);
  }
  if (/Cannot find (package|module)|ERR_MODULE_NOT_FOUND|Failed to resolve/.test(message)) {
    return unavailable(engine, `the package ${name} is not installed`, `run "${command}"`, error);
  }
  const firstLine = message.split("\n")[0]?.slice(0, 200) ?? "";
  return unavailable(
    engine,
    `${name} does not load (${firstLine})`,
    `run "${command.includes(" -- ") ? command : `${command} --`} --rebuild"`,
    error,
  );
}
