import { checkConfidence, checkNumbers, checkWhole } from "./check-numbers.ts";
import { normalCdf, normalQuantile } from "./distributions.ts";
import { quantileOfSorted } from "./quantile.ts";
import type { Missing } from "./reasons.ts";

/** A statistic with its bootstrap interval. */
export interface BootstrapInterval {
  /** The statistic of the values as they are. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly method: "percentile" | "bca";
  readonly repetitions: number;
}

/** Options of {@link bootstrapInterval}. */
export interface BootstrapOptions {
  /** Numbers from 0 up to, not including, 1, such as `() => rng.uniform()` of an `Rng` of `@ltu/core`. */
  readonly random: () => number;
  /** 0.95 by default. */
  readonly confidence?: number;
  /** How often to draw again; 2000 by default. */
  readonly repetitions?: number;
  /**
   * `"bca"` (default) corrects for bias and skewness and computes the statistic once more for each value left out;
   * `"percentile"` takes the quantiles as they are.
   */
  readonly method?: "percentile" | "bca";
}

/**
 * Bootstrap interval of any statistic: the groups are drawn again, each on its own and with replacement, and the
 * statistic is computed anew.
 *
 * @param groups - One group of values (a mean), or several that are sampled independently (an AUC of members and
 * non-members).
 * @param statistic - From groups of the same sizes to a finite number.
 * @param options - `random` has no default; every choice is traceable to its seed.
 * @returns The interval, or a reason: `TOO_FEW_SAMPLES` for a group of fewer than two values, `DEGENERATE` where BCa's
 * corrections are not defined because the statistic lies outside all that was drawn.
 * @throws RangeError when a value or a statistic is not finite or an option is out of range.
 *
 * Source: Efron, Better bootstrap confidence intervals, 1987; Efron and Tibshirani, An Introduction to the Bootstrap,
 * 1993, chapter 14.
 *
 * @example
 * ```ts
 * import { bootstrapInterval } from "@ltu/metrics";
 *
 * // A tiny generator, so that the example stands alone; take a named stream of `@ltu/core`.
 * let state = 1;
 * const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
 * const mean = ([values = []]: readonly (readonly number[])[]) => values.reduce((a, b) => a + b, 0) / values.length;
 * const found = bootstrapInterval([[1, 2, 3, 4, 5, 6, 7, 8]], mean, { random });
 * console.log("low" in found && found.low < 4.5 && found.high > 4.5, "estimate" in found && found.estimate); // → true 4.5
 * ```
 */
export function bootstrapInterval(
  groups: readonly (readonly number[])[],
  statistic: (groups: readonly (readonly number[])[]) => number,
  { random, confidence = 0.95, repetitions = 2000, method = "bca" }: BootstrapOptions,
): BootstrapInterval | Missing {
  checkConfidence("bootstrapInterval", confidence);
  checkWhole("bootstrapInterval", "repetitions", repetitions, 100);
  if (method !== "bca" && method !== "percentile") {
    throw new RangeError(
      `bootstrapInterval: method must be "bca" or "percentile", found "${String(method)}"; choose one.`,
    );
  }
  checkWhole("bootstrapInterval", "the number of groups", groups.length, 1);
  groups.forEach((group, i) => checkNumbers("bootstrapInterval", `group ${i}`, group));
  const small = groups.find((group) => group.length < 2);
  if (small !== undefined) {
    return { reason: "TOO_FEW_SAMPLES", detail: `a group needs at least 2 values, found ${small.length}` };
  }
  const measure = (drawn: readonly (readonly number[])[]): number => {
    const value = statistic(drawn);
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `bootstrapInterval: the statistic must be finite, found ${value}; give one that every draw of the groups has.`,
      );
    }
    return value;
  };
  const estimate = measure(groups);
  const draws = Float64Array.from({ length: repetitions }, () =>
    measure(groups.map((group) => group.map(() => group[Math.floor(random() * group.length)] as number))),
  ).sort();
  const tail = (1 - confidence) / 2;
  const ends =
    method === "percentile"
      ? ([tail, 1 - tail] as const)
      : correctedTails(draws, estimate, tail, () => acceleration(groups, measure));
  if (ends === undefined) {
    return { reason: "DEGENERATE", detail: "the statistic lies outside of all that was drawn" };
  }
  return {
    estimate,
    low: quantileOfSorted(draws, ends[0]),
    high: quantileOfSorted(draws, ends[1]),
    method,
    repetitions,
  };
}

/** Tail probabilities corrected for bias z0 and acceleration a: Phi(z0 + (z0 + z) / (1 - a (z0 + z))). */
function correctedTails(
  draws: Float64Array,
  estimate: number,
  tail: number,
  accelerate: () => number,
): readonly [number, number] | undefined {
  if (draws[0] === draws.at(-1) && draws[0] === estimate) return [tail, 1 - tail];
  let below = 0;
  for (const draw of draws) below += draw < estimate ? 1 : draw === estimate ? 0.5 : 0;
  if (below === 0 || below === draws.length) return undefined;
  const bias = normalQuantile(below / draws.length);
  const a = accelerate();
  const corrected = (z: number): number => {
    const shrink = 1 - a * (bias + z);
    // Beyond its pole the formula turns round; the end of the draws is its limit.
    return shrink <= 0 ? (z < 0 ? 0 : 1) : normalCdf(bias + (bias + z) / shrink);
  };
  const z = normalQuantile(1 - tail);
  return [corrected(-z), corrected(z)];
}

/** Skewness of the statistic over values left out: sum of d^3 / (6 (sum of d^2)^(3/2)), d weighted by group size. */
function acceleration(
  groups: readonly (readonly number[])[],
  measure: (groups: readonly (readonly number[])[]) => number,
): number {
  let cubes = 0;
  let squares = 0;
  groups.forEach((group, g) => {
    const left = group.map((_, i) =>
      measure(groups.map((other, h) => (h === g ? other.filter((__, j) => j !== i) : other))),
    );
    const mean = left.reduce((a, b) => a + b, 0) / left.length;
    for (const value of left) {
      // Influence of one value: its share of the group's weight.
      const influence = ((group.length - 1) * (mean - value)) / group.length;
      cubes += influence ** 3;
      squares += influence ** 2;
    }
  });
  const a = cubes / (6 * squares ** 1.5);
  return Number.isFinite(a) ? a : 0;
}
