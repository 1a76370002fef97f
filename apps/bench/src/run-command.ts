import { join, relative, resolve } from "node:path";

import { LtuError } from "@ltu/core";
import { htmlReport, textTable } from "@ltu/report";
import { makeFolder, openStore, progressWriter, runStages, writeFiles } from "@ltu/runner";

import { assembleResult } from "./assemble-result.ts";
import { composeMethods } from "./compose-methods.ts";
import { checkModelName } from "./compose-model.ts";
import { findExperiment } from "./experiment-catalog.ts";
import { dataName, loadData } from "./load-data.ts";
import { createContext } from "./create-context.ts";
import { dataProgress } from "./data-progress.ts";
import { planRun } from "./plan.ts";
import { onInterrupt } from "./on-interrupt.ts";
import { checkSplits } from "./stages/prepare.ts";
import { startEngine } from "./start-engine.ts";
import { versions } from "./versions.ts";

/** Options of the `run` command as typed. */
export interface RunOptions {
  readonly experiment: string;
  readonly data?: string;
  readonly download?: boolean;
  readonly engine?: string;
  readonly threads?: number;
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly out?: string;
  readonly store?: string;
}

/** `run`: an experiment from its file to its table, `result.json` and `report.html`. */
export async function runCommand(options: RunOptions): Promise<void> {
  const startedMs = performance.now();
  const callerFolder = process.env["INIT_CWD"] ?? process.cwd();
  const say = (line: string): void => void process.stdout.write(`${line}\n`);

  // Everything a user can get wrong is asked for first, so that a mistake costs nothing and leaves nothing behind.
  const { experiment, folder: experimentFolder } = await findExperiment(options.experiment, {
    callerFolder,
    overrides: options.set ?? [],
  });
  dataName(experiment);
  checkModelName(experiment);
  const methods = await composeMethods(experiment, { folder: experimentFolder });
  const engine = await startEngine(options);
  say(`engine    ${engine.name}: ${engine.description}`);

  const { signal, release } = onInterrupt(say);
  try {
    const onProgress = dataProgress(say);
    const folder =
      options.data ?? (process.env["LTU_DATA"] ? resolve(callerFolder, process.env["LTU_DATA"]) : undefined);
    const data = await loadData(experiment, {
      folder,
      download: options.download ?? false,
      signal,
      onProgress,
    });
    const seed = options.seed ?? experiment.seed;
    const found = await versions(engine.versions);
    const ground = { engine: engine.name, threads: engine.threads, ...found };
    const context = createContext(experiment, { data, seed, ground });
    checkSplits(context);
    const plan = planRun(context, methods);
    const out = options.out ?? resolve(callerFolder, "runs", `${experiment.name}-seed${seed}-${engine.name}`);
    const storeFolder =
      options.store ??
      (options.out === undefined ? resolve(callerFolder, "runs", "store") : join(out, "store"));
    await makeFolder(out);
    const store = await openStore(storeFolder);

    say(
      `data      ${experiment.data.name}, ${data.dataset.size} images of ${data.dataset.imageShape.join("x")}`,
    );
    say(`model     ${context.model.name}; seed ${seed}; results go to ${shown(out)}`);
    const results = await runStages(plan.stages, store, { signal, onEvent: progressWriter(process.stdout) });
    const result = await assembleResult({
      context,
      plan,
      results,
      engine,
      versions: found,
      startedMs,
      warnings: [],
    });
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    await writeFiles(out, {
      "result.json": encode(`${JSON.stringify(result, null, 2)}\n`),
      "report.html": encode(await htmlReport(result)),
    });
    say("");
    say(textTable(result));
    say("");
    say(`wrote     ${shown(join(out, "result.json"))}`);
    say(`wrote     ${shown(join(out, "report.html"))}`);
  } catch (error) {
    if (signal.aborted)
      throw new LtuError("ABORTED", "run: stopped; the same command goes on from here.", { cause: error });
    throw error;
  } finally {
    release();
  }

  function shown(path: string): string {
    const short = relative(callerFolder, path);
    return short.startsWith("..") ? path : short;
  }
}
