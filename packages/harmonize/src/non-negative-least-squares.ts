import { CholeskyDecomposition, Matrix } from "ml-matrix";

import { dependent, submatrix } from "./unit-gram.ts";

/** Slopes below this share of the numbers they are the difference of are rounding. */
const rounding = 2 ** -44;

/** The same where a column counts as dependent though its direction is up to 2^-20 off. */
const dependentRounding = 2 * Math.sqrt(dependent);

/** Enough for any order of exchanges; only rounding could make a support come back. */
const roundsPerColumn = 50;

interface Problem {
  /** `[k][k]`, symmetric and positive semidefinite, with a diagonal of about 1. */
  readonly q: readonly (readonly number[])[];
  /** `[k]`, such that the objective is bounded from below on x >= 0. */
  readonly p: readonly number[];
}

/**
 * The exact minimiser of 1/2 x^T Q x - p^T x over x >= 0, by the active-set method of Lawson and Hanson.
 *
 * With Q = A A^T and p = A b this is min |A^T x - b|, so inner products are all it needs. One position at a time enters
 * the support, the equations Q_S x_S = p_S are solved, and positions that would turn negative leave. A column that
 * depends on those of the support takes the place of one of them. Every step lowers the objective, so no support
 * comes twice.
 *
 * @returns x, `[k]`.
 *
 * Source: C. L. Lawson, R. J. Hanson, "Solving Least Squares Problems", 1974, chapter 23; in terms of Q and p as by
 * R. Bro, S. de Jong, "A fast non-negativity-constrained least squares algorithm", 1997. *Differs*: dependent columns
 * are exchanged, for p that are not of the form A b.
 */
export function nonNegativeLeastSquares(q: Problem["q"], p: Problem["p"]): number[] {
  const problem = { q, p };
  let x = p.map(() => 0);
  let support: number[] = [];
  const refused = new Set<number>();
  for (let round = 0; round < roundsPerColumn * p.length; round++) {
    const entering = steepest(problem, x, new Set([...support, ...refused]));
    if (entering === undefined) return x;
    const trial = solveOn([...support, entering.position], problem);
    const next =
      trial === undefined
        ? exchange(problem, { x, support, entering })
        : { x, support: [...support, entering.position] };
    if (next === undefined || (trial !== undefined && !((trial[entering.position] as number) > 0))) {
      refused.add(entering.position);
      continue;
    }
    ({ x, support } = walkTowards(problem, next, trial));
    refused.clear();
  }
  return x;
}

interface Entering {
  readonly position: number;
  /** How fast the objective falls as this x grows. */
  readonly slope: number;
  /** The size of the numbers that the slope is the difference of. */
  readonly size: number;
}

/** The position whose growth lowers the objective fastest; none when x is optimal. */
function steepest(
  { q, p }: Problem,
  x: readonly number[],
  excluded: ReadonlySet<number>,
): Entering | undefined {
  let best: Entering | undefined;
  q.forEach((row, position) => {
    if (excluded.has(position)) return;
    const terms = row.map((entry, j) => entry * (x[j] as number));
    const slope = terms.reduce((rest, term) => rest - term, p[position] as number);
    const size = terms.reduce((total, term) => total + Math.abs(term), Math.abs(p[position] as number));
    if (slope > rounding * size && slope > (best?.slope ?? 0)) best = { position, slope, size };
  });
  return best;
}

interface Place {
  readonly x: number[];
  readonly support: number[];
}

/** Goes to the solution on the support; who reaches zero on the way leaves the support. */
function walkTowards(problem: Problem, from: Place, first: number[] | undefined): Place {
  let { x, support } = from;
  let target = first ?? solveOn(support, problem) ?? x;
  for (;;) {
    const blocking = support.filter((i) => (target[i] as number) <= 0);
    if (blocking.length === 0) return { x: target, support };
    // 0 / 0, for one that stands at zero already, is a share of 0.
    const shareOf = (i: number): number => (x[i] as number) / ((x[i] as number) - (target[i] as number)) || 0;
    const share = Math.min(...blocking.map(shareOf));
    const leaving = blocking.filter((i) => shareOf(i) <= share);
    x = x.map((value, i) =>
      leaving.includes(i) ? 0 : Math.max(0, value + share * ((target[i] as number) - value)),
    );
    support = support.filter((i) => !leaving.includes(i));
    target = solveOn(support, problem) ?? x;
  }
}

/**
 * Lets a dependent column grow at the cost of those it depends on, which keeps Q x and lowers -p^T x, until the first
 * of them is used up. Undefined where the slope is rounding, or nothing ends the growth.
 */
function exchange(
  problem: Problem,
  {
    x,
    support,
    entering,
  }: { readonly x: readonly number[]; readonly support: readonly number[]; readonly entering: Entering },
): Place | undefined {
  const { position, slope, size } = entering;
  if (slope <= dependentRounding * size) return undefined;
  const cost = solveOn(support, { q: problem.q, p: problem.q[position] as readonly number[] });
  const paying = support.filter((i) => ((cost?.[i] as number) ?? 0) > 0);
  if (cost === undefined || paying.length === 0) return undefined;
  const growthUntil = (i: number): number => (x[i] as number) / (cost[i] as number);
  const growth = Math.min(...paying.map(growthUntil));
  const leaving = paying.find((i) => growthUntil(i) <= growth) as number;
  return {
    x: x.map((value, i) =>
      i === position ? growth : i === leaving ? 0 : Math.max(0, value - growth * (cost[i] as number)),
    ),
    support: [...support.filter((i) => i !== leaving), position],
  };
}

/** x with Q_S x_S = p_S on the support and 0 elsewhere; undefined where the last column depends on the others. */
function solveOn(support: readonly number[], { q, p }: Problem): number[] | undefined {
  const x = p.map(() => 0);
  if (support.length === 0) return x;
  const cholesky = new CholeskyDecomposition(new Matrix(submatrix(q, support)));
  const last = support.length - 1;
  const own = q[support[last] as number]?.[support[last] as number] as number;
  const pivot = cholesky.lowerTriangularMatrix.get(last, last) ** 2;
  if (!cholesky.isPositiveDefinite() || pivot <= dependent * own) return undefined;
  const solution = cholesky.solve(Matrix.columnVector(support.map((i) => p[i] as number)));
  support.forEach((i, s) => (x[i] = solution.get(s, 0)));
  return x;
}
