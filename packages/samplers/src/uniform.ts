import type { IndexSet } from "@ltu/core";

import { checkCount } from "./check-request.ts";
import type { SamplerOptions } from "./sampler.ts";

/**
 * Draws at random without replacement; every subset is equally likely.
 *
 * @returns `count` indexes in random order.
 * @throws LtuError `OPTION` when there are fewer candidates than asked.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { uniform } from "@ltu/samplers";
 *
 * const candidates = Int32Array.of(3, 5, 7, 9);
 * const drawn = uniform(candidates, 2, { rng: createRng(1), statistics: { labels: [] } });
 * console.log(drawn.length, drawn.every((index) => candidates.includes(index))); // → 2 true
 * ```
 */
export function uniform(candidates: IndexSet, count: number, { rng }: SamplerOptions): IndexSet {
  checkCount("uniform", candidates, count);
  return rng.choice(candidates, count);
}
