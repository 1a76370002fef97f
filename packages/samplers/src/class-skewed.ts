import type { IndexSet } from "@ltu/core";

import { byClass } from "./by-class.ts";
import { checkCount } from "./check-request.ts";
import type { SamplerOptions } from "./sampler.ts";

/**
 * Draws from a random half of the classes only, so that the labels are distributed differently each time.
 *
 * floor(C / 2) of the C classes among the candidates, at least one, then uniform among their samples. Where
 * these hold fewer than `count` samples, further classes in random order join until they suffice.
 *
 * @returns `count` indexes in random order.
 * @throws LtuError `OPTION` when there are fewer candidates than asked, `DATA` for a missing label.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { classSkewed } from "@ltu/samplers";
 *
 * const labels = Array.from({ length: 40 }, (_, i) => i % 4);
 * const all = Int32Array.from(labels.keys());
 * const drawn = classSkewed(all, 12, { rng: createRng(1), statistics: { labels } });
 * console.log(new Set(Array.from(drawn, (index) => labels[index])).size); // → 2
 * ```
 */
export function classSkewed(
  candidates: IndexSet,
  count: number,
  { rng, statistics }: SamplerOptions,
): IndexSet {
  checkCount("classSkewed", candidates, count);
  const classes = [...byClass("classSkewed", candidates, statistics.labels).values()];
  const half = Math.max(1, Math.floor(classes.length / 2));
  const chosen: IndexSet[] = [];
  let size = 0;
  rng
    .split("classes")
    .permutation(classes.length)
    .forEach((position, drawn) => {
      if (drawn >= half && size >= count) return;
      const members = classes[position] as IndexSet;
      chosen.push(members);
      size += members.length;
    });
  const pool = new Int32Array(size);
  let start = 0;
  for (const members of chosen) {
    pool.set(members, start);
    start += members.length;
  }
  return rng.split("samples").choice(pool, count);
}
