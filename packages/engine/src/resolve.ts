import "@tensorflow/tfjs";
import { ready, setBackend } from "@tensorflow/tfjs-core";

/** Engines by the name a user types. */
export type EngineName = "node-gpu" | "native" | "webgpu" | "wasm" | "cpu";

/** Temporary: only cpu. */
export async function resolveEngine({ require }: { require: EngineName }): Promise<{ name: EngineName }> {
  await setBackend(require);
  await ready();
  return { name: require };
}
