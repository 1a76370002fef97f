import { gradientAscent } from "@ltu/baselines";

import { compareRun, trainingOptions } from "./compare-run.ts";
import type { CaseRunner } from "./fixture.ts";

/** Gradient ascent: the forget set in stored order. */
export const gradientAscentCase: CaseRunner = (golden, file) =>
  compareRun(golden, file, gradientAscent(trainingOptions(golden)));
