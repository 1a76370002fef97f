import { checkNumbers } from "./check-numbers.ts";

/** Membership scores with the true class of each sample. */
export interface ClassScores {
  readonly scores: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
}

/** One threshold for each class: whoever scores at least that of its class is taken for a member. */
export interface ClassThresholds {
  readonly thresholds: Float64Array;
  /** Balanced accuracy of each class on the samples that the thresholds were fitted on. */
  readonly balancedAccuracy: Float64Array;
}

/**
 * Fits the threshold of each class that tells members from non-members best, on shadow data.
 *
 * t_y = argmax over observed scores t of class y of (share of members with score >= t + share of non-members with
 * score < t) / 2; among equals the first wins, members first, in the order given.
 *
 * @param members - Scores of samples that the shadow model was trained on.
 * @param nonMembers - Scores of samples that it has never seen.
 * @param options - `classes`: how many there are.
 * @returns A threshold and its balanced accuracy for each class.
 * @throws RangeError when a class lacks members or non-members: no threshold can be fitted there.
 *
 * Source: Song and Mittal, Systematic Evaluation of Privacy Risks, 2021; membership-inference-evaluation daa4b0c.
 *
 * @example
 * ```ts
 * import { applyClassThresholds, fitClassThresholds } from "@ltu/metrics";
 *
 * const members = { scores: [3, 9, 8], labels: [0, 1, 1] };
 * const nonMembers = { scores: [1, 7, 2], labels: [0, 1, 0] };
 * const fitted = fitClassThresholds(members, nonMembers, { classes: 2 });
 * console.log([...fitted.thresholds].join(" ")); // → 3 8
 * console.log(applyClassThresholds(fitted, members, nonMembers).balancedAccuracy); // → 1
 * ```
 */
export function fitClassThresholds(
  members: ClassScores,
  nonMembers: ClassScores,
  { classes }: { readonly classes: number },
): ClassThresholds {
  const inside = byClass("fitClassThresholds", "members", members, classes);
  const outside = byClass("fitClassThresholds", "nonMembers", nonMembers, classes);
  const fitted = inside.map((scores, label) => {
    const others = outside[label] as number[];
    const lacking = scores.length === 0 ? "member" : others.length === 0 ? "non-member" : undefined;
    if (lacking !== undefined) {
      throw new RangeError(
        `fitClassThresholds: class ${label} has no ${lacking} to fit a threshold on; give shadow data of every class, or fit one threshold for all.`,
      );
    }
    return firstBest(scores, others);
  });
  return {
    thresholds: Float64Array.from(fitted, ({ threshold }) => threshold),
    balancedAccuracy: Float64Array.from(fitted, ({ accuracy }) => accuracy),
  };
}

/** What thresholds decide about samples that they were not fitted on. */
export interface ThresholdOutcome {
  /** Share of members that are taken for members. */
  readonly tpr: number;
  /** Share of non-members that are taken for non-members. */
  readonly tnr: number;
  /** (tpr + tnr) / 2. */
  readonly balancedAccuracy: number;
}

/**
 * Applies thresholds of {@link fitClassThresholds} to a target's scores.
 *
 * @throws RangeError when a side is empty or a label has no threshold.
 */
export function applyClassThresholds(
  { thresholds }: Pick<ClassThresholds, "thresholds">,
  members: ClassScores,
  nonMembers: ClassScores,
): ThresholdOutcome {
  const share = (name: string, side: ClassScores): number => {
    const groups = byClass("applyClassThresholds", name, side, thresholds.length);
    const above = groups.reduce(
      (count, scores, label) =>
        count + scores.filter((score) => score >= (thresholds[label] as number)).length,
      0,
    );
    return above / side.scores.length;
  };
  const tpr = share("members", members);
  const tnr = 1 - share("nonMembers", nonMembers);
  return { tpr, tnr, balancedAccuracy: (tpr + tnr) / 2 };
}

function firstBest(
  members: readonly number[],
  nonMembers: readonly number[],
): { threshold: number; accuracy: number } {
  const inside = Float64Array.from(members).sort();
  const outside = Float64Array.from(nonMembers).sort();
  let threshold = members[0] as number;
  let accuracy = 0;
  for (const candidate of [...members, ...nonMembers]) {
    const tpr = (inside.length - countBelow(inside, candidate)) / inside.length;
    const tnr = countBelow(outside, candidate) / outside.length;
    if (0.5 * (tpr + tnr) > accuracy) {
      threshold = candidate;
      accuracy = 0.5 * (tpr + tnr);
    }
  }
  return { threshold, accuracy };
}

/** How many of the sorted values are below one. */
function countBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byClass(where: string, name: string, { scores, labels }: ClassScores, classes: number): number[][] {
  checkNumbers(where, `scores of ${name}`, scores);
  if (labels.length !== scores.length) {
    throw new RangeError(
      `${where}: ${name} must have one label a score, found ${labels.length} labels and ${scores.length} scores; give both of one set.`,
    );
  }
  const groups = Array.from({ length: classes }, (): number[] => []);
  for (let i = 0; i < scores.length; i++) {
    const group = groups[labels[i] as number];
    if (group === undefined) {
      throw new RangeError(
        `${where}: labels of ${name} must be whole numbers from 0 to ${classes - 1}, found ${labels[i]} at ${i}; check the data set.`,
      );
    }
    group.push(scores[i] as number);
  }
  return groups;
}
