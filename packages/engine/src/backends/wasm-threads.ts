import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

import { rememberProcess } from "./remember-process.ts";

/** The compiled module as tfjs's own loader makes it; its type is not exported by name. */
export type WasmModule = BackendWasm["wasm"];

/** The few members of an Emscripten module that are used here. */
interface EmscriptenModule {
  cwrap(name: string, returns: "number" | null, takes: readonly "number"[]): (...args: number[]) => number;
  tfjs: object;
}

type Factory = (config: object) => Promise<EmscriptenModule>;

const build = "tfjs-backend-wasm-threaded-simd";

/**
 * Makes the threaded SIMD module of tfjs's wasm backend in Node, where tfjs itself never uses it: its loader
 * gives `Worker` the address of a blob, which Node does not take.
 *
 * The factory script and the worker script are written to a temporary folder, with the number of workers and of
 * cores set to what is wanted (the original starts 8 workers and uses half of the cores). The folder is needed
 * until all workers have loaded and is removed before this returns. The workers do not keep the process alive.
 *
 * @param threads - How many threads compute, the calling one included; at least 2.
 */
export async function makeThreadedModule(threads: number): Promise<WasmModule> {
  const require = createRequire(import.meta.url);
  const source = join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "wasm-out");
  const folder = await mkdtemp(join(tmpdir(), "ltu-wasm-"));
  const factoryPath = join(folder, `${build}.cjs`);
  const workerPath = join(folder, `${build}.worker.cjs`);
  const restore = rememberProcess();
  try {
    const original = await readFile(join(source, `${build}.js`), "utf8");
    const patched = [
      ["pthreadPoolSize=8;", `pthreadPoolSize=${threads - 1};`],
      ['require("os").cpus().length', String(2 * threads)],
      // Flags of the main program (--eval, loaders) are not for these workers.
      ["new Worker(pthreadMainJs)", "new Worker(pthreadMainJs,{execArgv:[]})"],
      // A worker that waits for work must not keep the process alive.
      ["if(ENVIRONMENT_IS_NODE){worker.ref()}", ""],
    ].reduce((text, [from, to]) => replaceOnce(text, from as string, to as string), original);
    const { wasmWorkerContents } = require(join(source, `${build}.worker.js`)) as {
      wasmWorkerContents: string;
    };
    await writeFile(factoryPath, patched);
    // The text went through one template literal too few: its newlines belong inside string literals.
    await writeFile(workerPath, wasmWorkerContents.replaceAll("\n", "\\n"));
    const factory = require(factoryPath) as Factory;
    const module = await factory({
      locateFile: (file: string) => (file.endsWith(".worker.js") ? workerPath : join(source, file)),
      mainScriptUrlOrBlob: factoryPath,
    });
    // The functions that BackendWasm expects, as tfjs's own loader wraps them.
    module.tfjs = {
      init: module.cwrap("init", null, []),
      initWithThreadsCount: module.cwrap("init_with_threads_count", null, ["number"]),
      getThreadsCount: module.cwrap("get_threads_count", "number", []),
      registerTensor: module.cwrap("register_tensor", null, ["number", "number", "number"]),
      disposeData: module.cwrap("dispose_data", null, ["number"]),
      dispose: module.cwrap("dispose", null, []),
    };
    return module as unknown as WasmModule;
  } finally {
    restore();
    await rm(folder, { recursive: true, force: true });
  }
}

function replaceOnce(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) {
    throw new Error(`the threaded build of tfjs-backend-wasm has changed: "${from}" is not there once`);
  }
  return text.replace(from, to);
}
