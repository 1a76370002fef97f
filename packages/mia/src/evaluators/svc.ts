import { LtuError } from "@ltu/core";

import { coarseFrom, coarseStart } from "./coarse-start.ts";
import { kernelRows } from "./kernel-rows.ts";
import { solveSmo } from "./smo.ts";

/** Points of any number of features. */
export interface Points {
  /** `[count, dimensions]` row-major. */
  readonly values: ArrayLike<number>;
  readonly dimensions: number;
}

/** Options of {@link fitSvc}; the defaults are those of MIA-efficacy. */
export interface SvcOptions {
  /** Penalty of a violated margin; 3. */
  readonly c?: number;
  /** Width of the kernel exp(-gamma |x - x'|^2); `"auto"` (the default) is 1 / number of features. */
  readonly gamma?: number | "auto";
  /** Largest accepted violation of optimality; 1e-3. */
  readonly tolerance?: number;
  /** 10 million, or 100 for each point if that is more. */
  readonly maxIterations?: number;
}

/** A fitted classifier. Plain numbers; nothing to dispose. */
export interface Svc {
  /** sum_i c_i K(x_i, x) + offset for each point: above 0 means positive. */
  decide(points: Points): Float64Array;
  readonly offset: number;
  /** False when the offset is only known up to an interval; the middle is taken. */
  readonly offsetUnique: boolean;
  /** Support vectors after equal points are merged. */
  readonly supportVectors: number;
  readonly iterations: number;
}

/**
 * Fits a support vector classifier with radial basis function kernel, without scaling of features.
 *
 * Equal points of one class are merged into one whose bound is the sum of theirs. That is exact: the dual sees only
 * the sum of their coefficients. The result does not depend on the order of the points.
 *
 * @param positive - Points of the class whose decisions are above 0 (members).
 * @param negative - Points of the other class.
 * @returns The classifier.
 * @throws LtuError `DATA` when a class is empty or a value is not finite, `SHAPE` when dimensions disagree, `NO_SIGNAL`
 * when all points of both classes are equal, `OPTION`, `DIVERGED`.
 *
 * Source: as `sklearn.svm.SVC(C=3, gamma="auto")`, which is LIBSVM; equal within the tolerance.
 *
 * @example
 * ```ts
 * import { fitSvc } from "@ltu/mia/evaluators";
 *
 * const line = (...values: number[]) => ({ values, dimensions: 1 });
 * const svc = fitSvc(line(0.9, 0.95, 1), line(0.1, 0.2, 0.3));
 * console.log([...svc.decide(line(0.97, 0.15))].map((value) => value > 0)); // → [ true, false ]
 * ```
 */
export function fitSvc(
  positive: Points,
  negative: Points,
  { c = 3, gamma = "auto", tolerance = 1e-3, maxIterations }: SvcOptions = {},
): Svc {
  const { dimensions } = positive;
  const width = gamma === "auto" ? 1 / dimensions : gamma;
  for (const [name, value] of Object.entries({ c, gamma: width, tolerance })) {
    if (!(value > 0) || !Number.isFinite(value)) {
      throw new LtuError("OPTION", `fitSvc: ${name} must be a number above 0, found ${value}; change it.`);
    }
  }
  checkPoints("positive", positive, dimensions);
  checkPoints("negative", negative, dimensions);
  const merged = mergeEqual([positive, negative], dimensions);
  const { points, labels, counts } = merged;
  if (countDistinct(points, dimensions) === 1) {
    throw new LtuError(
      "NO_SIGNAL",
      `fitSvc: expected points that differ, found ${counts.reduce((a, b) => a + b, 0)} equal ones in both classes; no classifier can tell them apart.`,
    );
  }
  const bounds = counts.map((count) => c * count);
  const most = maxIterations ?? Math.max(10_000_000, 100 * labels.length);
  const { coefficients, offset, offsetUnique, iterations } = solveSmo({
    row: kernelRows(points, dimensions, { gamma: width }),
    labels,
    bounds,
    tolerance,
    maxIterations: most,
    start:
      dimensions === 1 && labels.length >= coarseFrom
        ? coarseStart({ points, labels, bounds }, { gamma: width, tolerance, maxIterations: most })
        : undefined,
  });
  const support = Int32Array.from(coefficients.keys()).filter((k) => coefficients[k] !== 0);
  const decide = (queries: Points): Float64Array => {
    checkPoints("decide", queries, dimensions);
    return Float64Array.from({ length: queries.values.length / dimensions }, (_, q) => {
      let total = offset;
      for (const k of support) {
        let distance = 0;
        for (let d = 0; d < dimensions; d++) {
          const difference =
            (queries.values[q * dimensions + d] as number) - (points[k * dimensions + d] as number);
          distance += difference * difference;
        }
        total += (coefficients[k] as number) * Math.exp(-width * distance);
      }
      return total;
    });
  };
  return { decide, offset, offsetUnique, supportVectors: support.length, iterations };
}

/** Distinct points of each class in ascending order, the first class labelled +1, with how often each occurs. */
function mergeEqual(
  classes: readonly Points[],
  dimensions: number,
): { points: Float64Array; labels: Int8Array; counts: Float64Array } {
  const points: number[] = [];
  const labels: number[] = [];
  const counts: number[] = [];
  classes.forEach(({ values }, position) => {
    const compare = (a: number, b: number): number => {
      for (let d = 0; d < dimensions; d++) {
        const difference = (values[a * dimensions + d] as number) - (values[b * dimensions + d] as number);
        if (difference !== 0) return difference;
      }
      return 0;
    };
    const order = Int32Array.from({ length: values.length / dimensions }, (_, k) => k).sort(compare);
    order.forEach((point, rank) => {
      if (rank > 0 && compare(point, order[rank - 1] as number) === 0) {
        counts[counts.length - 1] = (counts[counts.length - 1] as number) + 1;
        return;
      }
      for (let d = 0; d < dimensions; d++) points.push(values[point * dimensions + d] as number);
      labels.push(position === 0 ? 1 : -1);
      counts.push(1);
    });
  });
  return {
    points: Float64Array.from(points),
    labels: Int8Array.from(labels),
    counts: Float64Array.from(counts),
  };
}

/** 1 when all points are equal, else more. */
function countDistinct(points: Float64Array, dimensions: number): number {
  return points.every((value, k) => value === points[k % dimensions]) ? 1 : 2;
}

function checkPoints(where: string, { values, dimensions }: Points, expected: number): void {
  if (
    !Number.isInteger(dimensions) ||
    dimensions < 1 ||
    dimensions !== expected ||
    values.length % dimensions !== 0
  ) {
    throw new LtuError(
      "SHAPE",
      `fitSvc: ${where} needs points of ${expected} features, found ${values.length} values of ${dimensions}; give [count, ${expected}].`,
    );
  }
  if (values.length === 0 && where !== "decide") {
    throw new LtuError("DATA", `fitSvc: ${where} needs at least one point, found none; give both classes.`);
  }
  for (let k = 0; k < values.length; k++) {
    if (!Number.isFinite(values[k])) {
      throw new LtuError(
        "DATA",
        `fitSvc: ${where} needs finite values, found ${values[k]}; check the model's outputs.`,
      );
    }
  }
}
