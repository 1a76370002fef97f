import { l1Sparse } from "@ltu/baselines";

import { compareRun, trainingOptions } from "./compare-run.ts";
import type { CaseRunner } from "./fixture.ts";

/** l1-sparse: the retain set in stored order, with the fading penalty. */
export const l1SparseCase: CaseRunner = (golden, file) => {
  const { gamma, noL1Epochs } = golden.params as { gamma: number; noL1Epochs: number };
  return compareRun(golden, file, l1Sparse({ ...trainingOptions(golden), gamma, noL1Epochs }));
};
