import { randomLabels } from "@ltu/baselines";

import { compareRun, trainingOptions } from "./compare-run.ts";
import type { CaseRunner } from "./fixture.ts";

/** Random labels: the listed labels; mixed where the case lists an order of both sets together. */
export const randomLabelsCase: CaseRunner = (golden, file) => {
  const order = golden.inputs["mixedOrder"] === undefined ? "sequential" : "mixed";
  return compareRun(golden, file, randomLabels({ ...trainingOptions(golden), order }));
};
