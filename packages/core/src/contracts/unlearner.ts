import type { Rng } from "../rng.ts";
import type { BatchSource, IndexSet } from "./dataset.ts";
import type { Model, ModelWeights } from "./model.ts";
import type { CheckpointPort, OnProgress } from "./progress.ts";

/** Which retained data a method may touch: all of D_r, or only the accessible share (rho) of it. */
export type RetainAccess = "full" | "rho";

/** What a method declares to need; it is given nothing else. */
export interface UnlearnerNeeds {
  /** Reads images of the forget set. */
  readonly forget: boolean;
  /** Reads retained images: none, the accessible share, or all. */
  readonly retain: "none" | RetainAccess;
  /** Reads the validation set. */
  readonly val: boolean;
  /** Is given attacks that were fitted on retained and validation data. */
  readonly attackData: boolean;
}

/**
 * What a method does to a model that fits its data, as far as its definition promises it.
 *
 * - `"unchanged"`: the weights stay as they are.
 * - `"forgetLossRises"`: the mean cross-entropy on the forget set is higher afterwards.
 * - `"free"`: no promise.
 */
export type UnlearnerExpects = "unchanged" | "forgetLossRises" | "free";

/** One request to forget. Everything in it is borrowed; a method disposes nothing of it. */
export interface UnlearnRequest {
  readonly model: Model;
  /** The original model's weights, theta_o. */
  readonly original: ModelWeights;
  readonly batches: BatchSource;
  /** D_f. */
  readonly forgetSet: IndexSet;
  /** The accessible share of D_r; given to methods whose `needs.retain` is `"rho"`. */
  readonly accessibleRetain?: IndexSet | undefined;
  /** All of D_r; given only to methods whose `needs.retain` is `"full"`. */
  readonly retainSet?: IndexSet | undefined;
  /** Given to methods whose `needs.val` is true. */
  readonly valSet?: IndexSet | undefined;
  readonly rng: Rng;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly checkpoint?: CheckpointPort | undefined;
}

/** What a method spent, in units that do not depend on the machine, and its time. */
export interface Cost {
  /** Images that went through a forward pass, those of a backward pass included. */
  readonly imagesForward: number;
  /** Images that went through a backward pass. */
  readonly imagesBackward: number;
  /** Optimizer steps. */
  readonly steps: number;
  /** Wall time in milliseconds, of the last run where it was resumed. */
  readonly wallMs: number;
}

/** The outcome of one request. */
export interface UnlearnResult {
  /** The unlearned model's weights; the caller disposes them. */
  readonly weights: ModelWeights;
  /** The model they belong to: the request's, unless the method changed the architecture. */
  readonly model: Model;
  readonly cost: Cost;
  /** Named series of the run (one number a step), for plots. */
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** An unlearning method with its options bound. */
export interface Unlearner {
  /** As in tables, such as `"random-labels"`. */
  readonly name: string;
  readonly needs: UnlearnerNeeds;
  readonly expects: UnlearnerExpects;
  /** The resolved options, for the manifest; plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  unlearn(request: UnlearnRequest): Promise<UnlearnResult>;
}
