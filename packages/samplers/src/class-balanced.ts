import type { IndexSet } from "@ltu/core";

import { byClass } from "./by-class.ts";
import { checkCount } from "./check-request.ts";
import type { SamplerOptions } from "./sampler.ts";
import { without } from "./without.ts";

/**
 * Draws the same number of each class, and the rest at random.
 *
 * floor(count / C) of each of the C classes among the candidates, or all of a class that has fewer; what is
 * left of `count` comes uniformly from the other candidates.
 *
 * @returns `count` indexes, class after class, the random rest at the end.
 * @throws LtuError `OPTION` when there are fewer candidates than asked, `DATA` for a missing label.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { classBalanced } from "@ltu/samplers";
 *
 * const labels = [0, 0, 0, 0, 0, 0, 1, 1];
 * const all = Int32Array.from(labels.keys());
 * const drawn = classBalanced(all, 4, { rng: createRng(1), statistics: { labels } });
 * console.log(Array.from(drawn, (index) => labels[index])); // → [ 0, 0, 1, 1 ]
 * ```
 */
export function classBalanced(
  candidates: IndexSet,
  count: number,
  { rng, statistics }: SamplerOptions,
): IndexSet {
  checkCount("classBalanced", candidates, count);
  const classes = byClass("classBalanced", candidates, statistics.labels);
  const share = classes.size === 0 ? 0 : Math.floor(count / classes.size);
  const chosen = [...classes].flatMap(([label, members]) =>
    Array.from(rng.split(`class/${label}`).choice(members, Math.min(share, members.length))),
  );
  if (chosen.length === count) return Int32Array.from(chosen);
  const rest = rng.split("rest").choice(without(candidates, chosen), count - chosen.length);
  return Int32Array.from([...chosen, ...rest]);
}
