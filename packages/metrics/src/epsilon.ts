import { checkNumbers } from "./check-numbers.ts";
import { quantileOfSorted } from "./quantile.ts";
import type { Missing } from "./reasons.ts";

/** Options of {@link forgetEpsilon}. */
export interface EpsilonOptions {
  /** delta of (epsilon, delta)-unlearning; 1e-5 by default. */
  readonly delta?: number;
  /** What an infinite epsilon counts as; 50 by default. */
  readonly cap?: number;
  /** How fine the grids of thresholds are, in thresholds a unit of score; 100 by default. */
  readonly thresholdsPerUnit?: number;
}

/** How well one sample's scores under unlearned models are told from those under retrained models. */
export interface Epsilon {
  /** 0 (no attack tells them apart) to the cap. */
  readonly epsilon: number;
  /** The rule that found it: one threshold, an interval around the narrower side, or a side of nearly no width. */
  readonly rule: "single" | "double" | "range";
  /** Each rule's own; a rule that no threshold survives has none. */
  readonly rules: { readonly single?: number; readonly double?: number };
  /** The side with the larger median: a score above the single threshold is taken for it. */
  readonly positive: "unlearned" | "retrained";
}

/** Largest grid that is walked; where scores are spread wider, the scores themselves are the thresholds. */
const largestGrid = 1_000_000;
/** How far the interval of the double rule is moved to either side. */
const buffer = 2;
const narrowest = 0.01;

/**
 * Epsilon of one forgotten sample: how sure the best attack is that a model was unlearned and not retrained.
 *
 * epsilon = max over rules and thresholds of max( log((1 - delta - FPR) / FNR), log((1 - delta - FNR) / FPR) ), at
 * least 0. Both rates zero: the cap. Exactly one rate zero: the threshold does not count, for there are too few models
 * to tell. One side's range below 1 % of the other's: the cap.
 *
 * The population is models, not samples: one score (`logitMargin`) of the same sample under each model.
 *
 * @param unlearned - Scores under models that unlearned the sample, `[models]`.
 * @param retrained - Scores under models that were trained without it, `[models]`.
 * @returns Epsilon with its rule, or `DEGENERATE` when no threshold counts.
 * @throws RangeError when a side is empty or a score is not finite.
 *
 * Source: google-deepmind/unlearning_evaluation ffae0ff, `metric.py`; Triantafillou et al., Are we making progress in
 * unlearning?, 2024. *Differs from the source in* equal medians, where either side is tried as the one above, so that
 * exchanging the sides changes nothing; in scores spread over more than a million thresholds, each of which is then a
 * score; and in giving a reason where the source fails.
 *
 * @example
 * ```ts
 * import { forgetEpsilon } from "@ltu/metrics";
 *
 * const found = forgetEpsilon([0, 0.3, 0.6, 0.9], [0.75, 1, 1.25, 1.5]);
 * // One of four on the wrong side each way: log((1 - 1e-5 - 1/4) / (1/4)).
 * console.log("epsilon" in found && found.epsilon.toFixed(3)); // → 1.099
 * ```
 */
export function forgetEpsilon(
  unlearned: ArrayLike<number>,
  retrained: ArrayLike<number>,
  { delta = 1e-5, cap = 50, thresholdsPerUnit = 100 }: EpsilonOptions = {},
): Epsilon | Missing {
  checkNumbers("forgetEpsilon", "unlearned", unlearned);
  checkNumbers("forgetEpsilon", "retrained", retrained);
  checkOptions({ delta, cap, thresholdsPerUnit });
  const first = Float64Array.from(unlearned).sort();
  const second = Float64Array.from(retrained).sort();
  const medians = [quantileOfSorted(first, 0.5), quantileOfSorted(second, 0.5)] as const;
  const positive = medians[1] > medians[0] ? "retrained" : "unlearned";
  const [narrow, wide] = [range(first), range(second)].sort((a, b) => a - b) as [number, number];
  if (narrow / wide < narrowest) return { epsilon: cap, rule: "range", rules: {}, positive };

  const orders: (readonly [Float64Array, Float64Array])[] = [];
  if (positive === "unlearned") orders.push([first, second]);
  if (medians[1] >= medians[0]) orders.push([second, first]);
  const best = (rule: typeof singleRule): number | undefined =>
    orders.reduce<number | undefined>((sofar, [above, below]) => {
      const found = rule(above, below, { delta, thresholdsPerUnit });
      return found === undefined ? sofar : Math.min(cap, Math.max(found, sofar ?? 0));
    }, undefined);
  const [single, double] = [best(singleRule), best(doubleRule)];
  if (single === undefined && double === undefined) {
    return { reason: "DEGENERATE", detail: "at every threshold exactly one of the two error rates is zero" };
  }
  const rules = { ...(single !== undefined && { single }), ...(double !== undefined && { double }) };
  const rule = single === undefined || (double !== undefined && double >= single) ? "double" : "single";
  return { epsilon: Math.max(single ?? 0, double ?? 0), rule, rules, positive };
}

type Grid = Required<Pick<EpsilonOptions, "delta" | "thresholdsPerUnit">>;

/** Positive where the score is at least t, with t on a grid over all scores. */
function singleRule(
  positive: Float64Array,
  negative: Float64Array,
  { delta, thresholdsPerUnit }: Grid,
): number | undefined {
  const low = Math.min(positive[0] as number, negative[0] as number);
  const high = Math.max(positive.at(-1) as number, negative.at(-1) as number);
  const size = Math.ceil((high - low) * thresholdsPerUnit);
  const thresholds =
    size <= largestGrid ? linspace(low, high, size) : Float64Array.of(...positive, ...negative).sort();
  const collect = largest(positive.length, negative.length, delta);
  let below = 0;
  let negativesBelow = 0;
  for (const threshold of thresholds) {
    while (below < positive.length && (positive[below] as number) < threshold) below++;
    while (negativesBelow < negative.length && (negative[negativesBelow] as number) < threshold)
      negativesBelow++;
    collect.count(negative.length - negativesBelow, below);
  }
  return collect.best();
}

/** Narrower side where the score is in [l, r]: an interval of about its width, moved and stretched over a grid. */
function doubleRule(
  positive: Float64Array,
  negative: Float64Array,
  { delta, thresholdsPerUnit }: Grid,
): number | undefined {
  const [inner, outer] = range(positive) >= range(negative) ? [negative, positive] : [positive, negative];
  const width = range(inner);
  const first = (inner[0] as number) + width - buffer;
  const last = (inner.at(-1) as number) + buffer;
  const steps = Math.ceil(2 * buffer * thresholdsPerUnit);
  // Four units wide, so as many as `steps`; rounding makes it one more, or of huge scores anything.
  const size = Math.min(Math.ceil((last - first) * thresholdsPerUnit), 2 * steps);
  const collect = largest(inner.length, outer.length, delta);
  let upToR = 0;
  let othersUpToR = 0;
  for (const r of linspace(first, last, size)) {
    while (upToR < inner.length && (inner[upToR] as number) <= r) upToR++;
    while (othersUpToR < outer.length && (outer[othersUpToR] as number) <= r) othersUpToR++;
    let belowL = 0;
    let othersBelowL = 0;
    const [from, to] = [r - width - buffer, r - width + buffer];
    const step = steps > 1 ? (to - from) / (steps - 1) : 0;
    for (let j = 0; j < steps; j++) {
      const l = j === steps - 1 ? to : from + j * step;
      while (belowL < inner.length && (inner[belowL] as number) < l) belowL++;
      while (othersBelowL < outer.length && (outer[othersBelowL] as number) < l) othersBelowL++;
      const inside = Math.max(0, upToR - belowL);
      collect.count(Math.max(0, othersUpToR - othersBelowL), inner.length - inside);
    }
  }
  return collect.best();
}

/** Keeps the largest epsilon over counts of false positives and false negatives. */
function largest(
  positives: number,
  negatives: number,
  delta: number,
): {
  readonly count: (falsePositives: number, falseNegatives: number) => void;
  readonly best: () => number | undefined;
} {
  const rates = (n: number): readonly [Float64Array, Float64Array] => [
    Float64Array.from({ length: n + 1 }, (_, k) => Math.log(k / n)),
    // Not a number where delta leaves nothing; such a bound does not count.
    Float64Array.from({ length: n + 1 }, (_, k) => Math.log(1 - delta - k / n)),
  ];
  const [logFnr, logOneMinusFnr] = rates(positives);
  const [logFpr, logOneMinusFpr] = rates(negatives);
  let best = Number.NaN;
  let last = -1;
  return {
    count: (falsePositives, falseNegatives) => {
      // Most thresholds of a grid part the scores as the one before.
      const pair = falsePositives * (positives + 1) + falseNegatives;
      if (pair === last) return;
      last = pair;
      if (falsePositives === 0 && falseNegatives === 0) best = Number.POSITIVE_INFINITY;
      if (falsePositives === 0 || falseNegatives === 0) return;
      const a = (logOneMinusFpr[falsePositives] as number) - (logFnr[falseNegatives] as number);
      const b = (logOneMinusFnr[falseNegatives] as number) - (logFpr[falsePositives] as number);
      const epsilon = Number.isNaN(a) ? b : Number.isNaN(b) || a > b ? a : b;
      if (!Number.isNaN(epsilon) && !(best >= epsilon)) best = Math.max(0, epsilon);
    },
    best: () => (Number.isNaN(best) ? undefined : best),
  };
}

/** `size` numbers from `first` to `last`, both included. */
function linspace(first: number, last: number, size: number): Float64Array {
  const step = size > 1 ? (last - first) / (size - 1) : 0;
  return Float64Array.from({ length: Math.max(0, size) }, (_, i) =>
    i > 0 && i === size - 1 ? last : first + i * step,
  );
}

/** Largest less smallest of sorted values. */
function range(sorted: Float64Array): number {
  return (sorted.at(-1) as number) - (sorted[0] as number);
}

function checkOptions({ delta, cap, thresholdsPerUnit }: Required<EpsilonOptions>): void {
  if (!(delta >= 0 && delta < 1)) {
    throw new RangeError(
      `forgetEpsilon: delta must be from 0 to below 1, found ${delta}; the usual value is 1e-5.`,
    );
  }
  if (!(cap > 0 && Number.isFinite(cap))) {
    throw new RangeError(
      `forgetEpsilon: cap must be above 0 and finite, found ${cap}; the usual value is 50.`,
    );
  }
  if (!(thresholdsPerUnit >= 1 && thresholdsPerUnit <= 1000)) {
    throw new RangeError(
      `forgetEpsilon: thresholdsPerUnit must be from 1 to 1000, found ${thresholdsPerUnit}; the usual value is 100.`,
    );
  }
}
