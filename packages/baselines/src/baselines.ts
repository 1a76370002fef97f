import type { Unlearner } from "@ltu/core";

import { doNothing, type DoNothingOptions } from "./do-nothing.ts";
import { finetune, type FinetuneOptions } from "./finetune.ts";
import { randomLabels, type RandomLabelsOptions } from "./random-labels.ts";
import { retrain, type RetrainOptions } from "./retrain.ts";

/** Every baseline by its name in tables and experiment files. */
export const baselines: {
  readonly "do-nothing": (options?: DoNothingOptions) => Unlearner;
  readonly finetune: (options?: FinetuneOptions) => Unlearner;
  readonly "random-labels": (options?: RandomLabelsOptions) => Unlearner;
  readonly retrain: (options?: RetrainOptions) => Unlearner;
} = { "do-nothing": doNothing, finetune, "random-labels": randomLabels, retrain };
