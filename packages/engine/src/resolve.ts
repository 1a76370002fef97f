import { LtuError } from "@ltu/core";
import { getBackend, ready, setBackend, version_core } from "@tensorflow/tfjs-core";

import {
  unavailable,
  whyUnavailable,
  type EngineBackend,
  type EngineName,
  type StartedBackend,
  type StartOptions,
} from "./engine-backend.ts";
import { registerGradients } from "./gradients.ts";

/** Every engine, the fastest first. */
export const engineNames: readonly EngineName[] = ["node-gpu", "native", "webgpu", "wasm", "cpu"];

/** More than any machine has cores; starting that many takes for ever. */
const mostThreads = 1024;

/** Options of {@link resolveEngine}. */
export interface ResolveEngineOptions {
  /** Engines to try, in this order; default: all of {@link engineNames} but cpu, which is too slow to train on. */
  readonly prefer?: readonly EngineName[];
  /** The one engine to use; an error when it cannot run. */
  readonly require?: EngineName;
  /** Threads of the wasm and native engines; default: all cores. Chosen once a process. */
  readonly threads?: number;
  /** In a browser: the address of the folder with the wasm files, with a closing slash. */
  readonly wasmPaths?: string;
}

/** What {@link resolveEngine} chose and why. */
export interface EngineReport {
  readonly name: EngineName;
  /** One line for a person, such as `"WebAssembly with SIMD, 2 threads"`. */
  readonly description: string;
  readonly threads: number;
  /** Versions by package or library name. */
  readonly versions: Record<string, string>;
  /** The engines that were tried before, why they cannot run here, and what would make them run. */
  readonly tried: { readonly name: EngineName; readonly reason: string; readonly remedy: string }[];
}

interface RunningBackend {
  readonly started: StartedBackend;
  /** Its name in TensorFlow.js. */
  readonly backendName: string;
  /** The number of threads that was asked for; it may have got fewer. */
  readonly asked: number | undefined;
}

/** Backends that run in this process. TensorFlow.js holds one engine a process, so this is its state, not ours. */
const running = new Map<EngineName, RunningBackend>();

/**
 * Chooses the best engine that works here, registers its kernels and the gradients, and makes it current.
 *
 * Asking again, with other options as well, re-uses what already runs.
 *
 * @returns What was chosen and what was tried before it. Nothing to dispose.
 * @throws LtuError `OPTION` for an unknown name, `BACKEND` when the required engine, or every engine, cannot run.
 *
 * @example
 * ```ts
 * import { resolveEngine } from "@ltu/engine";
 *
 * const engine = await resolveEngine({ require: "cpu" });
 * console.log(engine.name, engine.threads, engine.tried.length); // → cpu 1 0
 * ```
 */
export async function resolveEngine(options: ResolveEngineOptions = {}): Promise<EngineReport> {
  const { require: required, prefer, threads, wasmPaths } = options;
  checkOptions(options);
  registerGradients();
  const startOptions: StartOptions = {
    ...(threads === undefined ? {} : { threads }),
    ...(wasmPaths === undefined ? {} : { wasmPaths }),
    forced: required !== undefined,
  };
  if (required !== undefined) {
    return { name: required, ...(await start(required, startOptions)), tried: [] };
  }
  const tried: { name: EngineName; reason: string; remedy: string }[] = [];
  for (const name of prefer ?? engineNames.filter((each) => each !== "cpu")) {
    try {
      return { name, ...(await start(name, startOptions)), tried };
    } catch (error) {
      tried.push({ name, ...whyUnavailable(error) });
    }
  }
  const list = tried.map(({ name, reason, remedy }) => `${name}: ${reason} (${remedy})`).join("; ");
  throw new LtuError("BACKEND", `resolveEngine: none of the engines can run here: ${list}.`);
}

/** The engine that TensorFlow.js uses now, if {@link resolveEngine} started it. */
export function currentEngine(): EngineName | undefined {
  const current = getBackend();
  // node-gpu and native share the backend name "tensorflow"; only one of them can run in a process.
  return [...running].find(([, { backendName }]) => backendName === current)?.[0];
}

/** Starts an engine, or makes one current again that already runs. */
async function start(name: EngineName, options: StartOptions): Promise<StartedBackend> {
  const already = running.get(name);
  if (already !== undefined) {
    const { started, backendName, asked } = already;
    const { threads } = options;
    const hasThreads = name === "wasm" || name === "native";
    if (hasThreads && threads !== undefined && threads !== started.threads && threads !== asked) {
      throw new LtuError(
        "OPTION",
        `resolveEngine: threads must stay ${started.threads} once the engine ${name} runs in this process, ` +
          `found ${threads}; choose the number on the first call.`,
      );
    }
    await setBackend(backendName);
    await ready();
    return started;
  }
  const backend = await load(name);
  const started = await backend.start(options);
  const withCore = {
    ...started,
    versions: { "@tensorflow/tfjs-core": version_core, ...started.versions },
  };
  running.set(name, { started: withCore, backendName: getBackend(), asked: options.threads });
  return withCore;
}

async function load(name: EngineName): Promise<EngineBackend> {
  const inNode = typeof process !== "undefined" && process.versions?.node !== undefined;
  if (!inNode && (name === "native" || name === "node-gpu")) {
    throw unavailable(name, "it needs Node", "choose webgpu or wasm in a browser");
  }
  switch (name) {
    case "node-gpu":
      return (await import("./backends/node-gpu.ts")).backend;
    case "native":
      return (await import("./backends/node.ts")).backend;
    case "webgpu":
      return (await import("./backends/webgpu.ts")).backend;
    case "wasm":
      return (await import("./backends/wasm.ts")).backend;
    case "cpu":
      return (await import("./backends/cpu.ts")).backend;
  }
}

/** Throws on names that do not exist and on numbers of threads that make no sense. */
function checkOptions({ prefer, require: required, threads }: ResolveEngineOptions): void {
  for (const name of [...(prefer ?? []), ...(required === undefined ? [] : [required])]) {
    if (!engineNames.includes(name)) {
      throw new LtuError(
        "OPTION",
        `resolveEngine: an engine must be one of ${engineNames.join(", ")}, found ${JSON.stringify(name)}; ` +
          "choose one of these.",
      );
    }
  }
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)) {
    throw new LtuError(
      "OPTION",
      `resolveEngine: threads must be a whole number from 1 to ${mostThreads}, found ${threads}; leave it out for all cores.`,
    );
  }
}
