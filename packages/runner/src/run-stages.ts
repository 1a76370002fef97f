import { setTimeout } from "node:timers/promises";

import { LtuError } from "@ltu/core";

import type { Claim } from "./claim.ts";
import { aborted, keptArtefact, makeStage, takeUp, type StageOutcome } from "./make-stage.ts";
import type { OnStageEvent } from "./stage-event.ts";
import { stageKey, stageOrder, type KeyedStage, type Stage } from "./stage.ts";
import type { Store } from "./store.ts";

/** How long to wait before looking again at what other processes are at. */
const waitMs = 100;

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
 * made again; a stage that was interrupted goes on from its checkpoint. Where several processes run the same stages on
 * one store, each takes up what no other is at, and all of them end with all results.
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
  const outcomes = new Map<string, StageOutcome>();
  const outcome = (stage: Stage): StageOutcome => {
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
      return keptArtefact(store, stage);
    },
    wallMs: (stage) => outcome(stage).wallMs,
    reused: (stage) => outcome(stage).reused,
  };
  // Stages that another process was at when last looked.
  const elsewhere = new Set<string>();
  const pending = new Map(ordered.map((keyed, position) => [position, keyed] as const));
  while (pending.size > 0) {
    const remaining = pending.size;
    for (const [position, keyed] of pending) {
      const { stage, key, dependencies } = keyed;
      const place = { stage: stage.name, index: position + 1, done: outcomes.size, total: ordered.length };
      if (signal.aborted) throw aborted(stage.name);
      if (!dependencies.every((dependency) => outcomes.has(dependency))) continue;
      const course = { store, place, signal, onEvent };
      const found = await takeUp(keyed, { ...course, isElsewhere: elsewhere.has(key) });
      if (found === "elsewhere") {
        if (!elsewhere.has(key)) onEvent({ ...place, kind: "waiting" });
        elsewhere.add(key);
        continue;
      }
      const made = "claim" in found ? await makeClaimed(keyed, found.claim, course) : found;
      outcomes.set(key, made);
      pending.delete(position);
      elsewhere.delete(key);
      onEvent({
        ...place,
        done: outcomes.size,
        kind: made.reused ? "reused" : "finished",
        wallMs: made.wallMs,
      });
      await afterStage?.(stage, results);
      // What was passed over may be there now; the order wished is kept where it can be.
      if (elsewhere.size > 0) break;
    }
    if (pending.size === remaining) await pause(waitMs, signal);
  }
  return results;
}

async function makeClaimed(
  keyed: KeyedStage,
  claim: Claim,
  course: Parameters<typeof makeStage>[1],
): Promise<StageOutcome> {
  try {
    return await makeStage(keyed, course);
  } finally {
    await claim.release();
  }
}

/** A moment, or less where the run is stopped. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}
