import type { IndexSet, Rng } from "@ltu/core";

import type { LtuRun } from "./ltu-run.ts";
import { drawQuerySets } from "./query-sets.ts";

/** The query sets of a step, by what the samplers know in its epoch. */
export function querySetsOf(
  { accessibleRetain, querySize, statistics, context }: LtuRun,
  { support, rng }: { readonly support: IndexSet; readonly rng: Rng },
): IndexSet[] {
  return drawQuerySets(accessibleRetain, {
    names: context.options.samplers,
    size: querySize,
    statistics: { ...statistics, support },
    rng,
  });
}
