import type { IndexSet } from "@ltu/core";

/** The official parts of a data set, as positions in its one {@link Dataset}. */
export interface DatasetParts {
  readonly train: IndexSet;
  /** Absent where the data has no validation part of its own; `cutSplits` then draws one from `train`. */
  readonly val?: IndexSet;
  readonly test: IndexSet;
}
