import { hostname } from "node:os";
import { join, relative, resolve } from "node:path";

import { LtuError } from "@ltu/core";
import type { LoadedData } from "@ltu/datasets";
import type { EngineReport } from "@ltu/engine";
import {
  makeFolder,
  openStore,
  progressWriter,
  runStages,
  writeFiles,
  type RunStagesOptions,
  type Stage,
  type StageEvent,
  type StageResults,
} from "@ltu/runner";

import type { Experiment } from "./config.ts";
import { dataFolder } from "./data-folder.ts";
import { dataProgress } from "./data-progress.ts";
import { loadData, skippedLines, unreadLines } from "./load-data.ts";
import { onInterrupt } from "./on-interrupt.ts";
import type { RunContext } from "./run-context.ts";
import { startEngine } from "./start-engine.ts";
import { versions } from "./versions.ts";

/** The event of a stage under a name that says which run it belongs to. */
function tellApart(event: StageEvent, which: string | undefined): StageEvent {
  if (which === undefined) return event;
  const stage = `${event.stage} (${which})`;
  if (event.kind !== "progress" || event.progress.task !== event.stage) return { ...event, stage };
  return { ...event, stage, progress: { ...event.progress, task: stage } };
}

/** Options of the `run` command as typed. */
export interface RunOptions {
  readonly experiment: string;
  readonly data?: string;
  readonly download?: boolean;
  /** Leave out pictures that do not decode; without it the first is an error. */
  readonly skipBroken?: boolean;
  readonly engine?: string;
  readonly threads?: number;
  readonly seed?: number;
  readonly set?: readonly string[];
  /** Compute evaluators that share with the feedback of a row, and mark them. */
  readonly allowSharedEvaluator?: boolean;
  readonly out?: string;
  readonly store?: string;
  /** Where finished readings of a search or study are kept as text. */
  readonly trials?: string;
}

/** What a run of any kind works with, once its input is known to be right. */
export interface RunSession {
  readonly engine: EngineReport;
  readonly versions: Readonly<Record<string, string>>;
  /** What decides numbers beside data and options. */
  readonly ground: RunContext["ground"];
  readonly startedMs: number;
  say(line: string): void;
  /** Loads what an experiment names. */
  load(experiment: Experiment): Promise<LoadedData>;
  /** Makes the output folder, opens the store, and runs the stages. `about` is said once both are there. */
  runStages(
    stages: readonly Stage[],
    output: {
      readonly name: string;
      readonly about: readonly string[];
      /** What tells stages of one name apart while they run, in the order of the stages. */
      readonly of?: readonly string[];
      readonly afterStage?: RunStagesOptions["afterStage"];
    },
  ): Promise<StageResults>;
  /** Writes all files of the outcome, or none, and says where they are. */
  write(files: Readonly<Record<string, string>>, table: string): Promise<void>;
}

/**
 * Starts the engine, listens for Ctrl-C while `work` runs, and turns a stop into one sentence.
 *
 * @throws LtuError `ABORTED` after a stop; what `work` throws comes through as it is.
 */
export async function runSession(
  options: RunOptions,
  work: (session: RunSession) => Promise<void>,
): Promise<void> {
  const startedMs = performance.now();
  const callerFolder = process.env["INIT_CWD"] ?? process.cwd();
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const engine = await startEngine(options);
  say(`engine    ${engine.name}: ${engine.description}`);
  const { signal, release } = onInterrupt(say);
  const found = await versions(engine.versions);
  let out = "";
  const session: RunSession = {
    engine,
    versions: found,
    ground: { engine: engine.name, threads: engine.threads, ...found },
    startedMs,
    say,
    load: async (experiment) => {
      const loaded = await loadData(experiment, {
        folder: dataFolder(options),
        download: options.download ?? false,
        skipBroken: options.skipBroken,
        signal,
        onProgress: dataProgress(say),
      });
      skippedLines(loaded).forEach(say);
      unreadLines(experiment, options.data).forEach(say);
      return loaded;
    },
    runStages: async (stages, { name, about, of, afterStage }) => {
      out = options.out ?? resolve(callerFolder, "runs", `${name}-${engine.name}`);
      const storeFolder =
        options.store ??
        (options.out === undefined ? resolve(callerFolder, "runs", "store") : join(out, "store"));
      await makeFolder(out);
      const store = await openStore(storeFolder, { machine: hostname() });
      about.forEach(say);
      say(`output    ${shown(out)}`);
      const write = progressWriter(process.stdout);
      return runStages(stages, store, {
        signal,
        onEvent: (event) => write(of === undefined ? event : tellApart(event, of[event.index - 1])),
        afterStage,
      });
    },
    write: async (files, table) => {
      const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
      await writeFiles(
        out,
        Object.fromEntries(Object.entries(files).map(([name, text]) => [name, encode(text)])),
      );
      say("");
      say(table);
      say("");
      for (const name of Object.keys(files)) say(`wrote     ${shown(join(out, name))}`);
    },
  };
  try {
    await work(session);
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
