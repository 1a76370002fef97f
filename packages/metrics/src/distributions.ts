// @ts-expect-error -- jstat comes without types; what is used of it is typed below.
import jstat from "jstat";

interface Distribution<P extends readonly number[]> {
  cdf(value: number, ...parameters: P): number;
  inv(probability: number, ...parameters: P): number;
}

const { studentt, beta, normal } = (
  jstat as {
    readonly jStat: {
      readonly studentt: Distribution<[degreesOfFreedom: number]>;
      readonly beta: Distribution<[alpha: number, beta: number]>;
      readonly normal: Distribution<[mean: number, sd: number]>;
    };
  }
).jStat;

/** Quantile of Student's t, at probabilities of one half and above. */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  return studentt.inv(probability, degreesOfFreedom);
}

/** Two-sided p-value of a t statistic: the chance of one at least as far from 0. */
export function studentTwoSidedP(t: number, degreesOfFreedom: number): number {
  // The incomplete beta function of the tail: 1 - cdf would lose all digits of a small p.
  return beta.cdf(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/**
 * Quantile of the beta distribution, the inverse of the regularised incomplete beta function.
 *
 * jstat's inverse takes ten steps, which do not arrive at probabilities far below 1e-6; then its distribution function is
 * inverted by halving.
 */
export function betaQuantile(probability: number, alpha: number, betaParameter: number): number {
  const found = beta.inv(probability, alpha, betaParameter);
  if (Math.abs(beta.cdf(found, alpha, betaParameter) / probability - 1) < quantileTolerance) return found;
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (beta.cdf(middle, alpha, betaParameter) < probability) low = middle;
    else high = middle;
  }
  return high;
}

/** Relative error of a probability; jstat's distribution function is itself good to 3e-7. */
const quantileTolerance = 1e-6;

/** Quantile of the standard normal distribution. */
export function normalQuantile(probability: number): number {
  return normal.inv(probability, 0, 1);
}

/** Share of the standard normal distribution below a value. */
export function normalCdf(value: number): number {
  return normal.cdf(value, 0, 1);
}
