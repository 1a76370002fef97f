import type { Model } from "@ltu/core";
import type { Json } from "@ltu/runner";

/** A model that is bound to its data. */
export interface ComposedModel {
  readonly model: Model;
  /** What its numbers depend on, for the keys of stages. */
  readonly identity: Json;
  /** What a reader of the result must know of it. */
  readonly notes: readonly string[];
}
