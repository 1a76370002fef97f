import { finetune } from "@ltu/baselines";

import { compareRun, trainingOptions } from "./compare-run.ts";
import type { CaseRunner } from "./fixture.ts";

/** Fine-tuning: the retain set in stored order. */
export const finetuneCase: CaseRunner = (golden, file) =>
  compareRun(golden, file, finetune(trainingOptions(golden)));
