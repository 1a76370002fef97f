import { LtuError } from "@ltu/core";

/** Engines by the name a user types. */
export type EngineName = "node-gpu" | "native" | "webgpu" | "wasm" | "cpu";

/** What a backend says of itself once it runs. */
export interface StartedBackend {
  /** One line for a person, such as `"WebAssembly with SIMD, 2 threads"`. */
  readonly description: string;
  /** Threads that compute; 1 where the backend does not say. */
  readonly threads: number;
  /** Versions by package or library name. */
  readonly versions: Record<string, string>;
}

/** Options of {@link EngineBackend.start}. */
export interface StartOptions {
  /** How many threads to use; default: one for each core. A backend without the choice uses what it has. */
  readonly threads?: number;
  /** Where a browser finds the wasm files: the address of their folder with a closing slash. */
  readonly wasmPaths?: string;
  /** Whether the user forced this engine: then it starts even where it would be a poor choice. */
  readonly forced?: boolean;
}

/** One engine: a file in `backends/` that loads its libraries only when it is started. */
export interface EngineBackend {
  readonly name: EngineName;
  /**
   * Loads, registers and selects the backend.
   *
   * @throws LtuError `BACKEND` made by {@link unavailable} when it cannot.
   */
  start(options: StartOptions): Promise<StartedBackend>;
}

/** Why an engine cannot run here and what to do about it. */
export interface Unavailable {
  readonly reason: string;
  readonly remedy: string;
}

/**
 * The error of an engine that cannot run here.
 *
 * @param reason - What is missing, a clause without a full stop: `"libtensorflow was not found in deps/lib"`.
 * @param remedy - What the user can do, a clause in the imperative: `"run npm run native"`.
 */
export function unavailable(name: EngineName, reason: string, remedy: string, cause?: unknown): LtuError {
  const error = new LtuError("BACKEND", `engine ${name}: cannot run here, ${reason}; ${remedy}.`, { cause });
  return Object.assign(error, { reason, remedy } satisfies Unavailable);
}

/** Reads reason and remedy back from whatever a backend threw. */
export function whyUnavailable(error: unknown): Unavailable {
  if (error instanceof Error && "reason" in error && "remedy" in error) {
    return { reason: String(error.reason), remedy: String(error.remedy) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const cut = message.lastIndexOf("; ");
  return cut < 0
    ? { reason: message, remedy: "choose another engine" }
    : { reason: message.slice(0, cut), remedy: message.slice(cut + 2).replace(/\.$/, "") };
}
