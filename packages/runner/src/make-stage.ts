import { isLtuError, LtuError, type CheckpointPort } from "@ltu/core";

import type { Claim } from "./claim.ts";
import type { Json } from "./content-key.ts";
import type { OnStageEvent, StageEvent } from "./stage-event.ts";
import { stageKey, type KeyedStage, type Stage } from "./stage.ts";
import type { Store } from "./store.ts";

/** What became of a stage. */
export interface StageOutcome {
  /** What the work took when it was done, summed over resumed runs. */
  readonly wallMs: number;
  /** Whether the artefact was already in the store. */
  readonly reused: boolean;
}

/** Where a stage stands in its run, and whom to tell. */
export interface StageCourse {
  readonly store: Store;
  readonly place: Pick<StageEvent, "done" | "index" | "stage" | "total">;
  readonly onEvent: OnStageEvent;
}

/**
 * Finds what the store keeps of a stage, or claims its work.
 *
 * @param course.isElsewhere - Another process was at it when last looked.
 * @returns `"elsewhere"` while another process is at it.
 */
export async function takeUp(
  { key }: KeyedStage,
  { store, place, onEvent, isElsewhere }: StageCourse & { readonly isElsewhere: boolean },
): Promise<StageOutcome | { readonly claim: Claim } | "elsewhere"> {
  const kept = async (tells: boolean): Promise<StageOutcome | undefined> => {
    const onDamaged = (): void => {
      if (tells) onEvent({ ...place, kind: "damaged", what: "artefact" });
    };
    if ((await store.read(key, { onDamaged })) === undefined) return undefined;
    await store.removeCheckpoint(key);
    return { wallMs: await notedMs(store, key, "wallMs"), reused: true };
  };
  // What is made elsewhere is looked for once its claim is given back, not all the time.
  const found = isElsewhere ? undefined : await kept(true);
  if (found !== undefined) return found;
  const claim = await store.claim(key);
  if (claim === undefined) return "elsewhere";
  try {
    const since = await kept(isElsewhere);
    if (since === undefined) return { claim };
    await claim.release();
    return since;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/**
 * Does the work of a stage, from its checkpoint on, and keeps its artefact.
 *
 * @throws LtuError `ABORTED`; what the stage throws comes through as it is.
 */
export async function makeStage(
  { stage, key }: KeyedStage,
  { store, place, signal, onEvent }: StageCourse & { readonly signal: AbortSignal },
): Promise<StageOutcome> {
  onEvent({ ...place, kind: "started" });
  const startedMs = performance.now();
  // Time of the work in the checkpoint, first of earlier runs, then of this one too.
  let earlierMs = 0;
  let checkpointMs = 0;
  const wallMs = (): number => earlierMs + performance.now() - startedMs;
  const onDamaged = (): void => onEvent({ ...place, kind: "damaged", what: "checkpoint" });
  const port = store.checkpoint(key, { onDamaged });
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
    return { wallMs: took, reused: false };
  } catch (error) {
    if (signal.aborted && isAbort(error)) {
      onEvent({ ...place, kind: "stopped" });
      throw aborted(stage.name, error);
    }
    onEvent({ ...place, kind: "failed", error });
    throw error;
  }
}

async function dependencyArtefact(store: Store, stage: Stage, dependency: Stage): Promise<Uint8Array> {
  if (stage.dependsOn.includes(dependency)) return keptArtefact(store, dependency);
  throw new LtuError(
    "OPTION",
    `stage "${stage.name}": expected to read only stages it depends on, found "${dependency.name}"; add that to dependsOn, so that it is part of the key.`,
  );
}

/** The artefact of a stage that has run. */
export async function keptArtefact(store: Store, stage: Stage): Promise<Uint8Array> {
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

/** The error of a run that was stopped at a stage. */
export function aborted(stage: string, cause?: unknown): LtuError {
  return new LtuError(
    "ABORTED",
    `runStages: stopped before "${stage}" was finished; run the same command again to go on.`,
    { cause },
  );
}
