import { salunSoft } from "@ltu/baselines";

import { compareRun, trainingOptions } from "./compare-run.ts";
import type { CaseRunner } from "./fixture.ts";

/** SalUn-soft: the listed labels and orders. */
export const salunSoftCase: CaseRunner = (golden, file) => {
  const { maskRatio } = golden.params as { maskRatio: number };
  return compareRun(golden, file, salunSoft({ ...trainingOptions(golden), maskRatio }));
};
