import { isLtuError, LtuError, type CheckpointPort, type ProgressEvent } from "@ltu/core";

import type { Json } from "./content-key.ts";
import { stageKey, stageOrder, type Stage } from "./stage.ts";
import type { Store } from "./store.ts";

/** What happens to a stage; `index` counts from 1, `done` is the number of stages finished or re-used so far. */
export type StageEvent = {
  readonly stage: string;
  readonly index: number;
  readonly done: number;
  readonly total: number;
} & (
  | { readonly kind: "started" }
  /** It goes on from a checkpoint; `wallMs` is what the work up to it took. */
  | { readonly kind: "resumed"; readonly wallMs: number }
  | { readonly kind: "progress"; readonly progress: ProgressEvent }
  | { readonly kind: "finished"; readonly wallMs: number }
  /** Its artefact was in the store; `wallMs` is what it took when it ran. */
  | { readonly kind: "reused"; readonly wallMs: number }
  /** What the store held for it does not verify; it is made again. */
  | { readonly kind: "damaged"; readonly what: "artefact" | "checkpoint" }
  /** It stopped because the signal was aborted. */
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: unknown }
);

/** Receives events; must not throw. */
export type OnStageEvent = (event: StageEvent) => void;

/** Options of {@link runStages}. */
export interface RunStagesOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnStageEvent | undefined;
  /**
   * Awaited once a stage is there, made or found, before the next one begins; for what must be kept elsewhere at once.
   * `results` answers for the stages so far. What it throws ends the run.
   */
  readonly afterStage?: ((stage: Stage, results: StageResults) => Promise<void>) | undefined;
}

/** Access to what the stages of a run made. */
export interface StageResults {
  /** The verified bytes, read from the store on each call. */
  artefact(stage: Stage): Promise<Uint8Array>;
  /** How long the work took when it was done, in this run or an earlier one, summed over resumed runs. */
  wallMs(stage: Stage): number;
  /** Whether the artefact was already in the store. */
  reused(stage: Stage): boolean;
}

/**
 * Runs stages, and all they depend on, one after the other in this process. What the store already holds is not
 * made again; a stage that was interrupted goes on from its checkpoint.
 *
 * The wall time counts the work that is in the result: of an interrupted run, the time up to the checkpoint
 * that the next run went on from.
 *
 * @param stages - In the order wished; dependencies come first in any case.
 * @throws LtuError `ABORTED` after the signal was aborted (what is done is kept, the same call goes on from
 * there), `STORE` when the store fails, `OPTION` for a circle of stages. What a stage throws comes through as it is.
 *
 * @example
 * ```ts
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { openStore, runStages, type Stage } from "@ltu/runner";
 *
 * const numbers: Stage = { name: "numbers", inputs: [1, 2, 3], dependsOn: [], run: async () => Uint8Array.of(1, 2, 3) };
 * const sum: Stage = {
 *   name: "sum",
 *   inputs: null,
 *   dependsOn: [numbers],
 *   run: async ({ artefact }) => Uint8Array.of((await artefact(numbers)).reduce((a, b) => a + b)),
 * };
 * const store = await openStore(await mkdtemp(join(tmpdir(), "ltu-")));
 * const first = await runStages([sum], store);
 * console.log((await first.artefact(sum))[0]); // → 6
 * const second = await runStages([sum], store);
 * console.log(second.reused(sum)); // → true
 * ```
 */
export async function runStages(
  stages: readonly Stage[],
  store: Store,
  { signal = new AbortController().signal, onEvent = () => {}, afterStage }: RunStagesOptions = {},
): Promise<StageResults> {
  const ordered = stageOrder(stages);
  const outcomes = new Map<string, { readonly wallMs: number; readonly reused: boolean }>();
  const outcome = (stage: Stage): { readonly wallMs: number; readonly reused: boolean } => {
    const found = outcomes.get(stageKey(stage));
    if (found !== undefined) return found;
    throw new LtuError(
      "OPTION",
      `runStages: expected a stage of this run, found "${stage.name}"; add it to the stages that are run.`,
    );
  };
  const results: StageResults = {
    artefact: (stage) => {
      outcome(stage);
      return kept(store, stage);
    },
    wallMs: (stage) => outcome(stage).wallMs,
    reused: (stage) => outcome(stage).reused,
  };
  for (const [position, { stage, key }] of ordered.entries()) {
    const place = { stage: stage.name, index: position + 1, done: position, total: ordered.length };
    const onDamaged = (what: "artefact" | "checkpoint"): void => onEvent({ ...place, kind: "damaged", what });
    if (signal.aborted) throw aborted(stage.name);
    if (await store.read(key, { onDamaged: () => onDamaged("artefact") })) {
      const wallMs = await notedMs(store, key, "wallMs");
      await store.removeCheckpoint(key);
      outcomes.set(key, { wallMs, reused: true });
      onEvent({ ...place, done: position + 1, kind: "reused", wallMs });
      await afterStage?.(stage, results);
      continue;
    }
    onEvent({ ...place, kind: "started" });
    const startedMs = performance.now();
    // Time of the work in the checkpoint, first of earlier runs, then of this one too.
    let earlierMs = 0;
    let checkpointMs = 0;
    const wallMs = (): number => earlierMs + performance.now() - startedMs;
    const port = store.checkpoint(key, { onDamaged: () => onDamaged("checkpoint") });
    const checkpoint: CheckpointPort = {
      load: async () => {
        const bytes = await port.load();
        if (bytes !== undefined) {
          checkpointMs = earlierMs = await notedMs(store, key, "checkpointMs");
          onEvent({ ...place, kind: "resumed", wallMs: earlierMs });
        }
        return bytes;
      },
      save: async (bytes) => {
        await port.save(bytes);
        checkpointMs = wallMs();
        await store.writeNote(key, { name: stage.name, checkpointMs });
      },
    };
    try {
      const bytes = await stage.run({
        artefact: (dependency) => dependencyArtefact(store, stage, dependency),
        checkpoint,
        signal,
        onProgress: (progress) => onEvent({ ...place, kind: "progress", progress }),
      });
      const took = wallMs();
      // The note first: an artefact that is there has its time beside it, whenever the process is killed.
      await store.writeNote(key, { name: stage.name, checkpointMs, wallMs: took });
      await store.write(key, bytes);
      await store.removeCheckpoint(key);
      outcomes.set(key, { wallMs: took, reused: false });
      onEvent({ ...place, done: position + 1, kind: "finished", wallMs: took });
    } catch (error) {
      if (signal.aborted && isAbort(error)) {
        onEvent({ ...place, kind: "stopped" });
        throw aborted(stage.name, error);
      }
      onEvent({ ...place, kind: "failed", error });
      throw error;
    }
    await afterStage?.(stage, results);
  }
  return results;
}

async function dependencyArtefact(store: Store, stage: Stage, dependency: Stage): Promise<Uint8Array> {
  if (stage.dependsOn.includes(dependency)) return kept(store, dependency);
  throw new LtuError(
    "OPTION",
    `stage "${stage.name}": expected to read only stages it depends on, found "${dependency.name}"; add that to dependsOn, so that it is part of the key.`,
  );
}

/** The artefact of a stage that has run. */
async function kept(store: Store, stage: Stage): Promise<Uint8Array> {
  const bytes = await store.read(stageKey(stage));
  if (bytes !== undefined) return bytes;
  throw new LtuError(
    "STORE",
    `store: the result of "${stage.name}" was there and is now missing or damaged in ${store.folder}; run the same command again to make it anew.`,
  );
}

async function notedMs(store: Store, key: string, name: "wallMs" | "checkpointMs"): Promise<number> {
  const note = (await store.readNote(key)) as Readonly<Record<string, Json>> | null | undefined;
  const ms = note?.[name];
  return typeof ms === "number" ? ms : 0;
}

/** Our own ABORTED, or what the platform throws for an aborted signal. */
function isAbort(error: unknown): boolean {
  if (isLtuError(error)) return error.code === "ABORTED";
  return error instanceof Error && error.name === "AbortError";
}

function aborted(stage: string, cause?: unknown): LtuError {
  return new LtuError(
    "ABORTED",
    `runStages: stopped before "${stage}" was finished; run the same command again to go on.`,
    { cause },
  );
}
