import { env, ready, registerBackend, removeBackend, setBackend } from "@tensorflow/tfjs-core";

import { unavailable, type EngineBackend } from "../engine-backend.ts";
import { registerWasmKernels } from "../kernels/wasm.ts";
import { rememberProcess } from "./remember-process.ts";

/**
 * WebAssembly with SIMD: needs nothing but npm or a browser. In Node it runs the threaded build with all cores
 * (`wasm-threads.ts`), and the build without threads where that fails; the description then says why. A browser
 * uses threads only on pages that are isolated from other origins.
 */
export const backend: EngineBackend = {
  name: "wasm",
  start: async ({ threads, wasmPaths }) => {
    const tfjsWasm = await import("@tensorflow/tfjs-backend-wasm").catch((error: unknown) => {
      throw unavailable(
        "wasm",
        "the package @tensorflow/tfjs-backend-wasm cannot be loaded",
        "install it with npm install @tensorflow/tfjs-backend-wasm@4.22.0",
        error,
      );
    });
    const inNode = env().getBool("IS_NODE");
    let withoutThreads = "";
    const restore = inNode ? rememberProcess() : () => undefined;
    try {
      if (inNode) {
        const { availableParallelism } = await import("node:os");
        const wanted = threads ?? availableParallelism();
        if (wanted > 1) {
          try {
            const { makeThreadedModule } = await import("./wasm-threads.ts");
            const module = await makeThreadedModule(wanted);
            tfjsWasm.setThreadsCount(wanted);
            removeBackend("wasm");
            registerBackend("wasm", () => new tfjsWasm.BackendWasm(module));
          } catch (error) {
            withoutThreads = `, because ${error instanceof Error ? error.message : String(error)}`;
          }
        }
      } else {
        if (wasmPaths !== undefined) tfjsWasm.setWasmPaths(wasmPaths);
        if (threads !== undefined) tfjsWasm.setThreadsCount(threads);
      }
      if (!(await setBackend("wasm"))) throw new Error("TensorFlow.js did not start its wasm backend");
      await ready();
    } catch (error) {
      throw unavailable(
        "wasm",
        `its module does not start (${error instanceof Error ? error.message : JSON.stringify(error)})`,
        inNode
          ? "install @tensorflow/tfjs-backend-wasm@4.22.0 again"
          : "serve the .wasm files of @tensorflow/tfjs-backend-wasm and give their folder as wasmPaths",
        error,
      );
    } finally {
      restore();
    }
    registerWasmKernels();
    const simd = await env().getAsync("WASM_HAS_SIMD_SUPPORT");
    const running = Math.max(1, tfjsWasm.getThreadsCount());
    return {
      description:
        `WebAssembly ${simd ? "with" : "without"} SIMD, ` +
        `${running} ${running === 1 ? "thread" : "threads"}${withoutThreads}`,
      threads: running,
      versions: { "@tensorflow/tfjs-backend-wasm": tfjsWasm.version_wasm },
    };
  },
};
