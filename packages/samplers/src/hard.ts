import { LtuError, type IndexSet } from "@ltu/core";

import { checkCount } from "./check-request.ts";
import type { SamplerOptions } from "./sampler.ts";

/**
 * Draws with probability proportional to the loss, without replacement.
 *
 * Each candidate gets the key -ln(1 - u) / loss with u uniform in [0, 1); the `count` smallest keys are taken.
 * This equals drawing one after another, each time in proportion to the losses that are left. Candidates of
 * loss zero come last, in random order.
 *
 * @returns `count` indexes, in the order in which they were drawn.
 * @throws LtuError `OPTION` when there are fewer candidates than asked, `DATA` for losses that are missing,
 * negative or not finite.
 *
 * Source: Pavlos Efraimidis, Paul Spirakis, "Weighted random sampling with a reservoir", 2006.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { hard } from "@ltu/samplers";
 *
 * const statistics = { labels: [0, 0, 0], losses: [0, 2, 0] };
 * console.log(hard(Int32Array.of(0, 1, 2), 1, { rng: createRng(1), statistics })); // → Int32Array(1) [ 1 ]
 * ```
 */
export function hard(candidates: IndexSet, count: number, { rng, statistics }: SamplerOptions): IndexSet {
  checkCount("hard", candidates, count);
  const { losses } = statistics;
  if (losses === undefined) {
    throw new LtuError(
      "DATA",
      "hard: statistics.losses must hold a loss for every candidate, found none; compute the losses first.",
    );
  }
  const draws = Array.from(candidates, (index) => {
    const loss = losses[index];
    if (loss === undefined || !(loss >= 0) || loss === Number.POSITIVE_INFINITY) {
      throw new LtuError(
        "DATA",
        `hard: every loss must be a finite number of at least 0, found ${loss} at index ${index}; compute the losses of all candidates.`,
      );
    }
    // Both draws are made for every candidate, so that one loss does not shift the others' numbers.
    const [first, second] = [rng.uniform(), rng.uniform()];
    return { index, key: loss > 0 ? -Math.log1p(-first) / loss : Number.POSITIVE_INFINITY, tie: second };
  });
  draws.sort((a, b) => (a.key === b.key ? a.tie - b.tie : a.key - b.key));
  return Int32Array.from(draws.slice(0, count), ({ index }) => index);
}
