import { LtuError, type IndexSet } from "@ltu/core";

import type { Sampler, SamplerOptions } from "./sampler.ts";
import { without } from "./without.ts";

/**
 * Draws one set by each of several samplers, so that no index comes twice.
 *
 * The samplers go in the given order, each among what the ones before it left. Each has a stream of its own,
 * named by its place.
 *
 * @param candidates - Indexes in the data set, each once; left as it is.
 * @param count - How many each sampler draws.
 * @returns One set a sampler.
 * @throws LtuError `OPTION` when the candidates do not suffice for all sets together.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { disjoint, samplers } from "@ltu/samplers";
 *
 * const labels = Array.from({ length: 30 }, (_, i) => i % 3);
 * const all = Int32Array.from(labels.keys());
 * const sets = disjoint([samplers.uniform, samplers.classSkewed], all, 10, {
 *   rng: createRng(1),
 *   statistics: { labels },
 * });
 * console.log(sets.length, new Set(sets.flatMap((set) => Array.from(set))).size); // → 2 20
 * ```
 */
export function disjoint(
  samplers: readonly Sampler[],
  candidates: IndexSet,
  count: number,
  { rng, statistics }: SamplerOptions,
): IndexSet[] {
  if (!Number.isInteger(count) || count < 0 || count * samplers.length > candidates.length) {
    throw new LtuError(
      "OPTION",
      `disjoint: ${samplers.length} sets of ${count} need ${samplers.length * count} candidates, found ${candidates.length}; ask for smaller sets or give more candidates.`,
    );
  }
  let left = candidates;
  return samplers.map((sampler, place) => {
    const drawn = sampler(left, count, { rng: rng.split(place), statistics });
    if (place < samplers.length - 1) left = without(left, drawn);
    return drawn;
  });
}
