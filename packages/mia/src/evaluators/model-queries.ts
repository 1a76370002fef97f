import type { BatchSource, IndexSet, Model, ModelWeights } from "@ltu/core";

/** A model and the samples that it is asked about. Everything is borrowed. */
export interface ModelQuery {
  readonly model: Model;
  readonly weights: ModelWeights;
  readonly batches: BatchSource;
  readonly indexes: IndexSet;
  readonly signal?: AbortSignal | undefined;
}
