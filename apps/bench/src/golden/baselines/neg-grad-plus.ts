import { negGradPlus } from "@ltu/baselines";

import { compareRun, trainingOptions } from "./compare-run.ts";
import type { CaseRunner } from "./fixture.ts";

/** NegGrad+, with the anchor where the case has one. */
export const negGradPlusCase: CaseRunner = (golden, file) => {
  const { alpha, anchorWeightDecay: anchorWeight = 0 } = golden.params as {
    alpha: number;
    anchorWeightDecay?: number;
  };
  return compareRun(golden, file, negGradPlus({ ...trainingOptions(golden), alpha, anchorWeight }));
};
