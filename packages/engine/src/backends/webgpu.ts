import { env, ready, registerBackend, removeBackend, setBackend } from "@tensorflow/tfjs-core";

import { unavailable, type EngineBackend } from "../engine-backend.ts";

/** The few members of the WebGPU interface that are used here; TypeScript's own library lacks them. */
interface Adapter {
  readonly info?: AdapterInfo;
  readonly isFallbackAdapter?: boolean;
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: object): Promise<object>;
}

interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

interface Gpu {
  requestAdapter(options?: object): Promise<Adapter | null>;
}

/** Limits that tfjs's kernels rely on; a device has the smallest ones unless more are asked for. */
const limits = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
];

/**
 * WebGPU, in browsers and in Node through the package `webgpu` where that is installed. It is chosen by itself
 * only on a real GPU; on a software adapter it must be forced (right, but slower than wasm).
 */
export const backend: EngineBackend = {
  name: "webgpu",
  start: async ({ forced = false }) => {
    const gpu = await findGpu();
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
    if (adapter === null) {
      throw unavailable("webgpu", "no GPU adapter was found", "install the GPU's driver or choose wasm");
    }
    const description = describe(adapter);
    if (!forced && isSoftware(adapter)) {
      throw unavailable(
        "webgpu",
        `the adapter is software, not a GPU (${description})`,
        "choose wasm, which is faster, or force webgpu",
      );
    }
    try {
      const tfjsWebgpu = await import("@tensorflow/tfjs-backend-webgpu");
      const device = await adapter.requestDevice({
        requiredFeatures: ["timestamp-query", "bgra8unorm-storage"].filter((name) =>
          adapter.features.has(name),
        ),
        requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
      });
      // tfjs's own factory asks for features in a form that browsers forgive and Dawn in Node does not.
      removeBackend("webgpu");
      registerBackend(
        "webgpu",
        () =>
          new tfjsWebgpu.WebGPUBackend(
            device as ConstructorParameters<typeof tfjsWebgpu.WebGPUBackend>[0],
            (adapter.info ?? {}) as ConstructorParameters<typeof tfjsWebgpu.WebGPUBackend>[1],
          ),
      );
      if (!(await setBackend("webgpu"))) throw new Error("TensorFlow.js did not start its webgpu backend");
      await ready();
      return {
        description: `WebGPU on ${description}`,
        threads: 1,
        versions: {},
      };
    } catch (error) {
      throw unavailable(
        "webgpu",
        `the device does not start (${error instanceof Error ? error.message : String(error)})`,
        "update the GPU's driver or choose wasm",
        error,
      );
    }
  },
};

/** The browser's WebGPU, or in Node that of the package `webgpu`, which becomes `navigator.gpu`. */
async function findGpu(): Promise<Gpu> {
  const global = globalThis as { navigator?: { gpu?: Gpu } };
  if (global.navigator?.gpu !== undefined) return global.navigator.gpu;
  if (!env().getBool("IS_NODE")) {
    throw unavailable("webgpu", "this browser has no WebGPU", "use a browser that has it or choose wasm");
  }
  // Not a literal, so that bundlers for the browser leave it alone.
  const packageName = "webgpu";
  const dawn = (await import(packageName).catch((error: unknown) => {
    throw unavailable(
      "webgpu",
      "Node has no WebGPU of its own and the package webgpu is not installed",
      "run npm install webgpu on a machine with a GPU",
      error,
    );
  })) as { create(flags: string[]): Gpu; globals: object };
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  if (global.navigator === undefined) {
    Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
  } else {
    Object.defineProperty(global.navigator, "gpu", { value: gpu, configurable: true });
  }
  return gpu;
}

function describe({ info }: Adapter): string {
  const parts = [info?.vendor, info?.architecture, info?.device, info?.description].filter(
    (part) => part !== undefined && part !== "",
  );
  return parts.length === 0 ? "an unnamed adapter" : parts.join(" ");
}

/** Whether the processor plays the GPU, as SwiftShader, llvmpipe and the Windows basic renderer do. */
function isSoftware(adapter: Adapter): boolean {
  return (
    adapter.isFallbackAdapter === true ||
    adapter.info?.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(describe(adapter))
  );
}
