import { LtuError, type IndexSet, type Rng } from "@ltu/core";

import { checkTrainSet } from "./check-forget-request.ts";
import { forEachCosine } from "./for-each-cosine.ts";
import { unitRows, type Features } from "./unit-rows.ts";

/** More near pairs than this are refused: a threshold so low calls everything a duplicate. */
const mostPairs = 2_000_000;

/** Options of {@link duplicatesOf}. */
export interface DuplicatesOfOptions extends Features {
  /** Two images are near-duplicates when the cosine of their features is above it; in (0, 1), such as 0.98. */
  readonly threshold: number;
  /** Pairs to take, drawn uniformly. Default: all. */
  readonly count?: number;
  /** Draws which image of a pair is forgotten, and which pairs. */
  readonly rng: Rng;
}

/** What {@link duplicatesOf} gives. */
export interface DuplicatesOf {
  /** One image of each pair, sorted. */
  readonly forgetSet: IndexSet;
  /** `twins[i]` is the near-duplicate of `forgetSet[i]` that stays behind. */
  readonly twins: IndexSet;
}

/**
 * A forget set whose near-duplicates stay behind in the retain set.
 *
 * Pairs of training images whose features have a cosine above `threshold` are made from the nearest pair on, each image in
 * one pair at most; of each pair one image is forgotten and its twin stays. A retrained model still knows such an image
 * through its twin, so low confidence on it is a sign of damage and not of forgetting.
 *
 * @returns The forget set and the twins; no image is in both, or twice.
 * @throws LtuError `OPTION` for a threshold or count that does not fit, `DATA` for features of another length or not
 * finite, or when there are not as many pairs as asked.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { duplicatesOf } from "@ltu/datasets";
 *
 * // Images 10 and 12 point nearly the same way, 11 and 13 stand alone.
 * const features = Float32Array.of(1, 0, 0, 1, 1, 0.01, -1, 0);
 * const trainSet = Int32Array.of(10, 11, 12, 13);
 * const { forgetSet, twins } = duplicatesOf(trainSet, { features, featureWidth: 2, threshold: 0.98, rng: createRng(1) });
 * console.log([...forgetSet, ...twins].sort((a, b) => a - b)); // → [ 10, 12 ]
 * ```
 */
export function duplicatesOf(
  trainSet: IndexSet,
  { features, featureWidth, threshold, count, rng }: DuplicatesOfOptions,
): DuplicatesOf {
  checkTrainSet("duplicatesOf", trainSet);
  if (!(threshold > 0 && threshold < 1)) {
    throw new LtuError(
      "OPTION",
      `duplicatesOf: threshold must be above 0 and below 1, found ${threshold}; 0.98 is a start, 0.999999 finds exact copies only.`,
    );
  }
  const units = unitRows("duplicatesOf", trainSet, { features, featureWidth });
  const pairs = disjointPairs(nearPairs(trainSet, units, { width: featureWidth, threshold }));
  const wanted = count ?? pairs.length;
  if (!Number.isSafeInteger(wanted) || wanted < 1 || wanted > pairs.length) {
    throw new LtuError(
      pairs.length === 0 ? "DATA" : "OPTION",
      `duplicatesOf: count must be a whole number from 1 to the ${pairs.length} pairs with a cosine above ${threshold}, found ${wanted}; ask for fewer or lower the threshold.`,
    );
  }
  const order = rng.split("pairs").choice(
    Int32Array.from({ length: pairs.length }, (_, i) => i),
    wanted,
  );
  const side = rng.split("side");
  const taken = [...order.sort()]
    .map((position) => {
      const { low, high } = pairs[position] as Pair;
      return side.integer(2) === 0 ? [low, high] : [high, low];
    })
    .sort(([a], [b]) => (a as number) - (b as number));
  return {
    forgetSet: Int32Array.from(taken, ([forgotten]) => forgotten as number),
    twins: Int32Array.from(taken, ([, twin]) => twin as number),
  };
}

/** Two images by their positions in the data set, `low` < `high`. */
interface Pair {
  readonly low: number;
  readonly high: number;
  readonly cosine: number;
}

/** All pairs above the threshold, the nearest first; of equally near ones by position in the data set. */
function nearPairs(
  trainSet: IndexSet,
  units: Float64Array,
  { width, threshold }: { readonly width: number; readonly threshold: number },
): readonly Pair[] {
  const pairs: Pair[] = [];
  forEachCosine(units, { rows: trainSet.length, width }, (a, b, cosine) => {
    if (cosine <= threshold) return;
    if (pairs.length === mostPairs) {
      throw new LtuError(
        "OPTION",
        `duplicatesOf: threshold must be so high that at most ${mostPairs} pairs lie above it, found more at ${threshold}; raise it.`,
      );
    }
    const [left, right] = [trainSet[a] as number, trainSet[b] as number];
    pairs.push({ low: Math.min(left, right), high: Math.max(left, right), cosine });
  });
  return pairs.sort((a, b) => b.cosine - a.cosine || a.low - b.low || a.high - b.high);
}

/** The pairs that are left when each image keeps only its first one. */
function disjointPairs(pairs: readonly Pair[]): readonly Pair[] {
  const used = new Set<number>();
  return pairs.filter(({ low, high }) => {
    if (used.has(low) || used.has(high)) return false;
    used.add(low).add(high);
    return true;
  });
}
