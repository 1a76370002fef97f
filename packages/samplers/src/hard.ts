import { LtuError, type IndexSet } from "@ltu/core";

import { checkCount } from "./check-request.ts";
import type { SamplerOptions } from "./sampler.ts";
import { smallestKeys } from "./smallest-keys.ts";

/**
 * Draws with probability proportional to the loss, without replacement.
 *
 * Each candidate gets the key -ln(1 - u) / loss with u uniform in [0, 1); the `count` smallest keys are taken.
 * This equals drawing one after another, each time in proportion to the losses that are left. Candidates of
 * loss zero come last, in random order.
 *
 * Not every key is drawn. Once `count` are kept, the largest being T, a candidate has a smaller one with probability
 * 1 - exp(-T loss): the losses passed until the next such candidate add up to -ln(1 - u) / T, and only that one gets
 * a key, below T. So the stream is asked some count ln(n / count) times, not n times.
 *
 * @returns `count` indexes, in the order in which they were drawn.
 * @throws LtuError `OPTION` when there are fewer candidates than asked, `DATA` for losses that are missing,
 * negative or not finite.
 *
 * Source: Pavlos Efraimidis, Paul Spirakis, "Weighted random sampling with a reservoir", 2006:
 * algorithm A-ExpJ, with the logarithm of its keys.
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
  const exponential = (): number => -Math.log1p(-rng.uniform());
  const kept = smallestKeys(count);
  const zeros: number[] = [];
  let positive = 0;
  let jump = 0;
  for (let i = 0; i < candidates.length; i++) {
    const loss = lossOf(losses, candidates[i] as number);
    if (loss === 0) {
      zeros.push(candidates[i] as number);
      continue;
    }
    positive += 1;
    if (positive <= count) {
      kept.offer(exponential() / loss, i);
    } else {
      jump -= loss;
      if (jump >= 0) continue;
      kept.offer(-Math.log1p(rng.uniform() * Math.expm1(-kept.bound() * loss)) / loss, i);
    }
    if (positive >= count) jump = exponential() / kept.bound();
  }
  const drawn = kept.values().map((i) => candidates[i] as number);
  if (drawn.length === count) return drawn;
  const rest = rng.split("zero").choice(Int32Array.from(zeros), count - drawn.length);
  return Int32Array.from([...drawn, ...rest]);
}

function lossOf(losses: ArrayLike<number>, index: number): number {
  const loss = losses[index];
  if (loss === undefined || !(loss >= 0) || loss === Number.POSITIVE_INFINITY) {
    throw new LtuError(
      "DATA",
      `hard: every loss must be a finite number of at least 0, found ${loss} at index ${index}; compute the losses of all candidates.`,
    );
  }
  return loss;
}
