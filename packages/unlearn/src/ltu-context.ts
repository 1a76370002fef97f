import type { BatchSource, FeedbackAttack, Model, ModelWeights } from "@ltu/core";

import type { CostLedger } from "./cost-ledger.ts";
import type { DecidedOptions } from "./decide-by-sets.ts";

/** What stays the same during a run; everything is borrowed. */
export interface LtuContext {
  readonly model: Model;
  readonly original: ModelWeights;
  readonly batches: BatchSource;
  readonly attacks: readonly FeedbackAttack[];
  readonly options: DecidedOptions;
  /** The classes that random labels are drawn from. */
  readonly classChoices: readonly number[];
  readonly ledger: CostLedger;
}
