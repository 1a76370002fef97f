import { LtuError } from "@ltu/core";
import { resolveEngine, type EngineName, type EngineReport } from "@ltu/engine";

import { didYouMean } from "./nearest-name.ts";

const names: readonly EngineName[] = ["node-gpu", "native", "webgpu", "wasm", "cpu"];

/** Those whose threads a user chooses. */
const threaded: readonly EngineName[] = ["wasm", "native"];

/** The name of an engine, or one clear error. `where` is the option or variable that gave it. */
export function engineName(name: string, where = "--engine"): EngineName {
  if ((names as readonly string[]).includes(name)) return name as EngineName;
  throw new LtuError(
    "OPTION",
    `${where}: expected one of ${names.join(", ")}, found "${name}"; ${didYouMean(name, names)}`,
  );
}

/**
 * Starts the engine a user asked for (option, then LTU_ENGINE), or the best that works.
 *
 * @throws LtuError `OPTION` for an unknown name, and for threads of an engine that has none to choose; `BACKEND` for an
 * engine that cannot run here.
 */
export async function startEngine(options: {
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}): Promise<EngineReport> {
  const environment = process.env["LTU_ENGINE"] ?? "";
  const wanted =
    options.engine === undefined
      ? environment === ""
        ? undefined
        : engineName(environment, "LTU_ENGINE")
      : engineName(options.engine);
  const report = await resolveEngine({
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(wanted === undefined ? {} : { require: wanted }),
  });
  if (options.threads !== undefined && !threaded.includes(report.name)) {
    throw new LtuError(
      "OPTION",
      `--threads: expected the engine ${threaded.join(" or ")}, whose threads can be chosen, found ${report.name}; leave it out.`,
    );
  }
  return report;
}
