import type { BatchSource, Model, Rng } from "@ltu/core";
import type { LoadedData } from "@ltu/datasets";

import type { Experiment } from "./config.ts";

/** What all stages of one run share. */
export interface RunContext {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly splitSeed: number;
  readonly data: LoadedData;
  readonly batches: BatchSource;
  readonly model: Model;
  /** The run's root stream. */
  readonly rng: Rng;
  /** What decides numbers beside data and options: engine, its threads, versions. Part of every stage's key. */
  readonly ground: { readonly [name: string]: string | number };
}
