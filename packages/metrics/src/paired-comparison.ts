import { checkNumbers } from "./check-numbers.ts";
import { studentTwoSidedP } from "./distributions.ts";
import { holm } from "./holm.ts";
import { tInterval, type TInterval } from "./intervals.ts";
import { isMissing, type Missing, type Reading } from "./reasons.ts";

/** Two methods over the same seeds. */
export interface PairedComparison {
  /** Mean of first less second with its interval. */
  readonly difference: TInterval;
  /** Two-sided p of the paired t test. */
  readonly tP: Reading;
  /** Exact two-sided p of flipping signs: the share of the 2^n ways whose mean is at least as far from 0. */
  readonly signFlipP: Reading;
  /** The smallest p that flipping the signs of so few pairs can give, 2 / 2^n. */
  readonly smallestSignFlipP: number;
  readonly pairs: number;
}

/** Most pairs whose sign patterns are all counted. */
const mostFlipped = 20;

/**
 * Compares two methods seed by seed. Few seeds cannot show much: with five of them no sign-flip p is below 0.0625, and
 * that bound stands beside the value.
 *
 * @param first - One number a seed.
 * @param second - The other method's, for the same seeds in the same order.
 * @param options - `confidence` of the interval, 0.95 by default.
 * @returns The difference with interval and both tests, or a reason as of `tInterval`: `TOO_FEW_RUNS` below two pairs.
 * @throws RangeError when lengths differ or a number is not finite.
 *
 * Source: Student, 1908; Fisher, The Design of Experiments, 1935, section 21 (the exact test).
 *
 * @example
 * ```ts
 * import { pairedComparison } from "@ltu/metrics";
 *
 * const found = pairedComparison([3, 5, 4], [2, 3, 1]);
 * console.log("difference" in found && found.difference.mean); // → 2
 * console.log("signFlipP" in found && found.signFlipP, "tP" in found && (found.tP as number).toFixed(3)); // → 0.25 0.074
 * ```
 */
export function pairedComparison(
  first: readonly number[],
  second: readonly number[],
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): PairedComparison | Missing {
  if (first.length !== second.length) {
    throw new RangeError(
      `pairedComparison: both methods need the same seeds, found ${first.length} and ${second.length} numbers; pair them seed by seed.`,
    );
  }
  checkNumbers("pairedComparison", "first", first);
  checkNumbers("pairedComparison", "second", second);
  const differences = first.map((value, i) => value - (second[i] as number));
  checkNumbers("pairedComparison", "differences", differences);
  const difference = tInterval(differences, { confidence });
  if (isMissing(difference)) return difference;
  const pairs = differences.length;
  return {
    difference,
    tP:
      difference.sem === 0
        ? { reason: "DEGENERATE", detail: `all ${pairs} differences are ${difference.mean}` }
        : studentTwoSidedP(difference.mean / difference.sem, pairs - 1),
    signFlipP:
      pairs > mostFlipped
        ? {
            reason: "NOT_RUN",
            detail: `2^${pairs} sign patterns are too many to count; the t test stands alone`,
          }
        : signFlip(differences),
    smallestSignFlipP: 2 / 2 ** pairs,
    pairs,
  };
}

/** Counts all sign patterns, one flip a step (Gray code). */
function signFlip(differences: readonly number[]): number {
  const scale = Math.max(...differences.map(Math.abs));
  if (scale === 0) return 1;
  const sizes = differences.map((difference) => Math.abs(difference) / scale);
  const observed = Math.abs(differences.reduce((sum, difference) => sum + difference / scale, 0));
  // Sums of the same numbers in another order differ in their last digits, and ties must count.
  const bar = observed - 1e-9 * differences.length;
  const patterns = 2 ** differences.length;
  const signs = sizes.map(() => 1);
  let sum = sizes.reduce((a, b) => a + b, 0);
  let atLeast = 0;
  for (let pattern = 1; ; pattern++) {
    if (Math.abs(sum) >= bar) atLeast++;
    if (pattern === patterns) return atLeast / patterns;
    const flipped = 31 - Math.clz32(pattern & -pattern);
    signs[flipped] = -(signs[flipped] as number);
    sum += 2 * (signs[flipped] as number) * (sizes[flipped] as number);
  }
}

/** One comparison among several, with p-values corrected for their number. */
export interface CorrectedComparison {
  readonly first: string;
  readonly second: string;
  readonly comparison: PairedComparison | Missing;
  /** Corrected with {@link holm} over all comparisons of the call that have a p-value. */
  readonly adjusted: { readonly tP: Reading; readonly signFlipP: Reading };
}

/**
 * Compares several methods over the same seeds, each pair of them or all with one, and corrects for their number.
 *
 * @param methods - One number a seed for each method, seeds in the same order.
 * @param options - `against`: compare every other method with this one alone; all pairs by default.
 * @throws RangeError when there are fewer than two methods, `against` is none of them, or as {@link pairedComparison}.
 */
export function pairedComparisons(
  methods: Readonly<Record<string, readonly number[]>>,
  { against, confidence = 0.95 }: { readonly against?: string; readonly confidence?: number } = {},
): CorrectedComparison[] {
  const names = Object.keys(methods);
  if (names.length < 2 || (against !== undefined && !names.includes(against))) {
    throw new RangeError(
      `pairedComparisons: expected at least two methods${against === undefined ? "" : `, "${against}" among them`}, found ${names.join(", ") || "none"}; name the methods to compare.`,
    );
  }
  const pairs =
    against === undefined
      ? names.flatMap((first, i) => names.slice(i + 1).map((second) => [first, second] as const))
      : names.filter((name) => name !== against).map((name) => [name, against] as const);
  const found = pairs.map(([first, second]) =>
    pairedComparison(methods[first] as readonly number[], methods[second] as readonly number[], {
      confidence,
    }),
  );
  const tP = corrected(found.map((each) => (isMissing(each) ? each : each.tP)));
  const signFlipP = corrected(found.map((each) => (isMissing(each) ? each : each.signFlipP)));
  return pairs.map(([first, second], i) => ({
    first,
    second,
    comparison: found[i] as PairedComparison | Missing,
    adjusted: { tP: tP[i] as Reading, signFlipP: signFlipP[i] as Reading },
  }));
}

function corrected(readings: readonly Reading[]): Reading[] {
  const adjusted = holm(readings.filter((reading) => typeof reading === "number"));
  let next = 0;
  return readings.map((reading) => (isMissing(reading) ? reading : (adjusted[next++] as number)));
}
