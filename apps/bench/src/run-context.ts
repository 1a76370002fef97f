import type { BatchSource, Model, Rng } from "@ltu/core";
import type { Json } from "@ltu/runner";

import type { Experiment } from "./config.ts";
import type { ForgottenClass } from "./forget/forgotten-class.ts";
import type { RunData } from "./run-data.ts";

/** What all stages of one run share. */
export interface RunContext {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly splitSeed: number;
  readonly data: RunData;
  /** The class that is forgotten as a whole, if one is. */
  readonly forgotten?: ForgottenClass | undefined;
  readonly batches: BatchSource;
  readonly model: Model;
  /** What the model's numbers depend on, for the keys of stages. */
  readonly modelIdentity: Json;
  /** What a reader of the result must know of the model. */
  readonly notes: readonly string[];
  /** The run's root stream. */
  readonly rng: Rng;
  /** What decides numbers beside data and options: engine, its threads, versions. Part of every stage's key. */
  readonly ground: { readonly [name: string]: string | number };
}
