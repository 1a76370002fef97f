import { LtuError } from "@ltu/core";

/** The dual of a soft-margin classifier, in signed coefficients c_i = y_i a_i. */
export interface SmoProblem {
  /** Kernel row i, `[count]`; borrowed until two further rows are asked for. */
  readonly row: (index: number) => Float64Array;
  /** +1 or -1 for each point. */
  readonly labels: Int8Array;
  /** Largest a_i for each point. */
  readonly bounds: Float64Array;
  /** The largest violation of the optimality conditions that is accepted. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Where to begin; all coefficients 0 by default. */
  readonly start?: SmoStart | undefined;
}

/** Coefficients within their bounds that sum to 0, and what they make of each point. */
export interface SmoStart {
  readonly coefficients: Float64Array;
  /** F_k = sum_l K_kl c_l - y_k. */
  readonly errors: Float64Array;
}

/** The solution: decision(x) = sum_i coefficients_i K(x_i, x) + offset. */
export interface SmoSolution {
  readonly coefficients: Float64Array;
  readonly offset: number;
  /** False when no point lies strictly between its bounds: then a whole interval of offsets is optimal. */
  readonly offsetUnique: boolean;
  readonly iterations: number;
}

/** Stands for a curvature of zero, between two equal points. */
const smallestCurvature = 1e-12;

/**
 * Sequential minimal optimization: two coefficients move at a time, chosen by second-order working set selection,
 * until
 *
 * max {F_j : c_j can fall} - min {F_i : c_i can rise} < tolerance,  F_k = sum_l K_kl c_l - y_k.
 *
 * Deterministic; on equal choices the lowest index wins. No shrinking.
 *
 * @throws LtuError `DIVERGED` when `maxIterations` do not suffice.
 *
 * Source: Fan, Chen and Lin, Working Set Selection Using Second Order Information, 2005 (WSS 2); Chang and Lin,
 * LIBSVM, section 4, for the offset.
 */
export function solveSmo({ row, labels, bounds, tolerance, maxIterations, start }: SmoProblem): SmoSolution {
  const count = labels.length;
  const coefficients = start?.coefficients.slice() ?? new Float64Array(count);
  const errors = start?.errors.slice() ?? Float64Array.from(labels, (label) => -label);
  const low = Float64Array.from(labels, (label, k) => (label > 0 ? 0 : -(bounds[k] as number)));
  const high = Float64Array.from(labels, (label, k) => (label > 0 ? (bounds[k] as number) : 0));
  let smallestRising = 0;
  let largestFalling = 0;
  let iterations = 0;
  for (; ; iterations++) {
    let i = -1;
    smallestRising = Number.POSITIVE_INFINITY;
    largestFalling = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k++) {
      const error = errors[k] as number;
      const coefficient = coefficients[k] as number;
      if (error < smallestRising && coefficient < (high[k] as number)) {
        smallestRising = error;
        i = k;
      }
      if (error > largestFalling && coefficient > (low[k] as number)) largestFalling = error;
    }
    if (!(largestFalling - smallestRising >= tolerance)) break;
    if (iterations >= maxIterations) {
      throw new LtuError(
        "DIVERGED",
        `fitSvc: expected a violation below ${tolerance} within ${maxIterations} iterations, found ${largestFalling - smallestRising}; raise tolerance or maxIterations.`,
      );
    }
    // The partner that lowers the objective most: (F_j - F_i)^2 / (K_ii + K_jj - 2 K_ij), with K_kk = 1.
    const rowI = row(i);
    let j = -1;
    let bestGain = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k++) {
      const difference = (errors[k] as number) - smallestRising;
      if (difference <= 0 || !((coefficients[k] as number) > (low[k] as number))) continue;
      const curvature = 2 - 2 * (rowI[k] as number);
      const gain = (difference * difference) / (curvature > 0 ? curvature : smallestCurvature);
      if (gain > bestGain) {
        bestGain = gain;
        j = k;
      }
    }
    const rowJ = row(j);
    const curvature = Math.max(2 - 2 * (rowI[j] as number), smallestCurvature);
    const roomI = (high[i] as number) - (coefficients[i] as number);
    const roomJ = (coefficients[j] as number) - (low[j] as number);
    const step = Math.min(((errors[j] as number) - smallestRising) / curvature, roomI, roomJ);
    // Bounds are met exactly, so that a point at its bound is recognised as such.
    coefficients[i] = step === roomI ? (high[i] as number) : (coefficients[i] as number) + step;
    coefficients[j] = step === roomJ ? (low[j] as number) : (coefficients[j] as number) - step;
    for (let k = 0; k < count; k++) {
      errors[k] = (errors[k] as number) + step * ((rowI[k] as number) - (rowJ[k] as number));
    }
  }
  // Free points have F = -offset; without one the middle of what is allowed is taken.
  const free = errors.filter((_, k) => {
    const coefficient = coefficients[k] as number;
    return coefficient > (low[k] as number) && coefficient < (high[k] as number);
  });
  const offsetUnique = free.length > 0;
  const offset = offsetUnique
    ? -free.reduce((total, error) => total + error, 0) / free.length
    : -(smallestRising + largestFalling) / 2;
  return { coefficients, offset, offsetUnique, iterations };
}
