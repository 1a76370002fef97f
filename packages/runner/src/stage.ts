import { LtuError, type CheckpointPort, type OnProgress } from "@ltu/core";

import { contentKey, type Json } from "./content-key.ts";

/** What a stage may use while it runs. */
export interface StageContext {
  /** The artefact of a stage that this one depends on. Asking for any other is an error. */
  readonly artefact: (stage: Stage) => Promise<Uint8Array>;
  /** Where the stage may save how far it is; forgotten when it finishes. */
  readonly checkpoint: CheckpointPort;
  /** Aborted when the run is to stop; the stage stops at its next safe point with LtuError `ABORTED`. */
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** A pure step from artefacts to an artefact, known by what its result depends on. */
export interface Stage {
  /** As shown while it runs, such as `"retrain"`. */
  readonly name: string;
  /** Everything the result depends on beside the stages it builds on: options, seed, engine, hash of the data. */
  readonly inputs: Json;
  readonly dependsOn: readonly Stage[];
  run(context: StageContext): Promise<Uint8Array>;
}

/**
 * The content key of a stage: of its name, its inputs and the keys of the stages it depends on, so a change
 * anywhere above it gives it another key.
 *
 * @throws LtuError `OPTION` when stages depend on each other in a circle, or inputs are not JSON.
 *
 * @example
 * ```ts
 * import { stageKey, type Stage } from "@ltu/runner";
 *
 * const stage = (inputs: number, dependsOn: Stage[] = []): Stage => ({
 *   name: "train",
 *   inputs,
 *   dependsOn,
 *   run: async () => Uint8Array.of(),
 * });
 * console.log(stageKey(stage(1)) === stageKey(stage(1))); // → true
 * console.log(stageKey(stage(1)) === stageKey(stage(1, [stage(0)]))); // → false
 * ```
 */
export function stageKey(stage: Stage): string {
  return stageOrder([stage]).at(-1)?.key as string;
}

/** A stage with its key. */
export interface KeyedStage {
  readonly stage: Stage;
  readonly key: string;
  /** Keys of the stages it depends on. */
  readonly dependencies: readonly string[];
}

/**
 * All the stages that the given ones need, themselves included, each once and after those it depends on.
 * Of two stages with the same key only the first is kept.
 *
 * @throws LtuError `OPTION` for a circle; its message lists the stages on it.
 */
export function stageOrder(stages: readonly Stage[]): KeyedStage[] {
  const keys = new Map<Stage, string>();
  const ordered = new Map<string, KeyedStage>();
  const visit = (stage: Stage, path: readonly Stage[]): string => {
    const known = keys.get(stage);
    if (known !== undefined) return known;
    if (path.includes(stage)) {
      const circle = [...path.slice(path.indexOf(stage)), stage].map(({ name }) => name).join(" -> ");
      throw new LtuError(
        "OPTION",
        `stages: expected no stage to depend on itself, found the circle ${circle}; take one of these dependencies out.`,
      );
    }
    const dependencies = stage.dependsOn.map((dependency) => visit(dependency, [...path, stage]));
    const key = contentKey({ name: stage.name, inputs: stage.inputs, dependencies });
    keys.set(stage, key);
    if (!ordered.has(key)) ordered.set(key, { stage, key, dependencies });
    return key;
  };
  for (const stage of stages) visit(stage, []);
  return [...ordered.values()];
}
