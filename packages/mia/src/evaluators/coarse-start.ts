import { kernelRows } from "./kernel-rows.ts";
import { kernelSums } from "./kernel-sums.ts";
import { solveSmo, type SmoStart } from "./smo.ts";

/** From this many points on, a coarse solution is worth its time. */
export const coarseFrom = 4000;
/** Groups that the points of both classes are put into. */
const groups = 2000;

/** Points in one dimension: those of each class ascending, one class after the other. */
export interface SortedPoints {
  readonly points: Float64Array;
  /** +1, then -1. */
  readonly labels: Int8Array;
  readonly bounds: Float64Array;
}

/**
 * Where to begin for many points in one dimension: neighbours are put into groups, the problem of the groups is solved, and
 * each point takes its share of its group's coefficient. Most points end at a bound, and from nothing each of them costs
 * a step; from here only those at the edge do.
 *
 * The start does not change what is solved: all points take part from here on, with the same stopping rule.
 */
export function coarseStart(
  { points, labels, bounds }: SortedPoints,
  { gamma, tolerance, maxIterations }: { gamma: number; tolerance: number; maxIterations: number },
): SmoStart {
  const count = points.length;
  const size = Math.ceil(count / groups);
  const first: number[] = [];
  for (let k = 0; k < count; k++) {
    const from = first.at(-1);
    if (from === undefined || k - from >= size || labels[k] !== labels[from]) first.push(k);
  }
  const ends = [...first.slice(1), count];
  const total = Float64Array.from(first, (from, g) => sum(bounds, from, ends[g] as number));
  const centres = Float64Array.from(first, (from, g) => {
    let moment = 0;
    for (let k = from; k < (ends[g] as number); k++) moment += (bounds[k] as number) * (points[k] as number);
    return moment / (total[g] as number);
  });
  const coarse = solveSmo({
    row: kernelRows(centres, 1, { gamma }),
    labels: Int8Array.from(first, (from) => labels[from] as number),
    bounds: total,
    tolerance,
    maxIterations,
  });
  const coefficients = new Float64Array(count);
  first.forEach((from, g) => {
    const share = (coarse.coefficients[g] as number) / (total[g] as number);
    // A group at its bound is met exactly, so that its points are recognised as such.
    for (let k = from; k < (ends[g] as number); k++) coefficients[k] = share * (bounds[k] as number);
  });
  const errors = kernelSums(points, coefficients, { gamma, tolerance: 1e-3 * tolerance }).map(
    (value, k) => value - (labels[k] as number),
  );
  return { coefficients, errors };
}

function sum(values: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let k = from; k < to; k++) total += values[k] as number;
  return total;
}
