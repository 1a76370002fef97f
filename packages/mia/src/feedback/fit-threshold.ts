import { meanOf } from "./features.ts";

/** A threshold on one number a sample, and the scale that makes it soft: logit = (value - threshold) / scale. */
export interface FittedThreshold {
  readonly threshold: number;
  /** Standard deviation (ddof 0) of the value over non-members; 1 where it does not vary. */
  readonly scale: number;
}

/**
 * The threshold with the best balanced accuracy, member where value >= threshold: half way between the two neighbouring
 * values that it parts, the lowest one on ties. Where nothing beats 1/2 it is still the best of these.
 *
 * @param members - At least one value; a higher one means "more likely a member".
 * @param nonMembers - At least one value.
 *
 * Source: Song and Mittal, Systematic Evaluation of Privacy Risks of Machine Learning Models, 2021, section 3.2, where
 * the threshold is one of the values; half way between two it does not depend on rounding.
 */
export function bestThreshold(members: Float64Array, nonMembers: Float64Array): number {
  const points = [
    ...Array.from(members, (value) => ({ value, gain: 1 / members.length })),
    ...Array.from(nonMembers, (value) => ({ value, gain: -1 / nonMembers.length })),
  ].sort((a, b) => a.value - b.value);
  let best = { threshold: points[0]?.value as number, advantage: Number.NEGATIVE_INFINITY };
  // TPR - FPR of a threshold just above the points passed so far.
  let advantage = 0;
  points.forEach(({ value, gain }, i) => {
    advantage -= gain;
    const next = points[i + 1]?.value;
    // 1e-12: equal counts must tie whatever order they were added in.
    if (next !== undefined && next > value && advantage > best.advantage + 1e-12) {
      best = { threshold: value + (next - value) / 2, advantage };
    }
  });
  return best.threshold;
}

/** {@link bestThreshold} with its scale. */
export function fitThreshold(members: Float64Array, nonMembers: Float64Array): FittedThreshold {
  return { threshold: bestThreshold(members, nonMembers), scale: spreadOrOne(nonMembers) };
}

/** The standard deviation (ddof 0), or 1 where the values do not vary. */
export function spreadOrOne(values: Float64Array): number {
  const mean = meanOf(values);
  const spread = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
  return spread > 0 ? spread : 1;
}

/** What is wrong with a threshold read from a file, if anything. */
export function thresholdProblem({ threshold, scale }: FittedThreshold): string | undefined {
  return Number.isFinite(threshold) && scale > 0 ? undefined : "a threshold and a positive scale are needed";
}
