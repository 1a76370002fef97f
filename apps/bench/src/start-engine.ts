import { LtuError } from "@ltu/core";
import { resolveEngine, type EngineName, type EngineReport } from "@ltu/engine";

import { didYouMean } from "./nearest-name.ts";

const names: readonly EngineName[] = ["node-gpu", "native", "webgpu", "wasm", "cpu"];

/** Starts the engine a user asked for (option, then LTU_ENGINE), or the best that works. */
export async function startEngine(options: {
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}): Promise<EngineReport> {
  const wanted = options.engine ?? process.env["LTU_ENGINE"];
  const threads = options.threads === undefined ? {} : { threads: options.threads };
  if (wanted === undefined || wanted === "") return resolveEngine(threads);
  if (!(names as readonly string[]).includes(wanted)) {
    throw new LtuError(
      "OPTION",
      `--engine: expected one of ${names.join(", ")}, found "${wanted}"; ${didYouMean(wanted, names)}`,
    );
  }
  return resolveEngine({ ...threads, require: wanted as EngineName });
}
