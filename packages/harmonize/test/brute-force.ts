import { combined, dot, norm, type Vectors } from "./vectors.ts";

/** All subsets of 0 ... k-1, the empty one included. */
export function subsets(count: number): number[][] {
  return Array.from({ length: 2 ** count }, (_, bits) =>
    Array.from({ length: count }, (__, i) => i).filter((i) => (bits >> i) & 1),
  );
}

/**
 * Solves A x = b by elimination with full pivoting; dependent rows are dropped and their unknowns stay 0. Undefined where
 * there is no solution.
 */
export function solve(a: Vectors, b: readonly number[]): number[] | undefined {
  const rows = a.map((row, i) => [...row, b[i]!]);
  const n = b.length;
  const scale = Math.max(1e-300, ...a.flat().map(Math.abs));
  const used: { row: number; column: number }[] = [];
  for (;;) {
    let best = { row: -1, column: -1, size: 1e-9 * scale };
    for (let r = 0; r < n; r++) {
      if (used.some(({ row }) => row === r)) continue;
      for (let c = 0; c < n; c++) {
        const size = Math.abs(rows[r]![c]!);
        if (size > best.size) best = { row: r, column: c, size };
      }
    }
    if (best.row < 0) break;
    used.push({ row: best.row, column: best.column });
    rows.forEach((row, r) => {
      if (r === best.row) return;
      const factor = row[best.column]! / rows[best.row]![best.column]!;
      row.forEach((value, c) => (row[c] = value - factor * rows[best.row]![c]!));
    });
  }
  const left = rows.filter((_, r) => !used.some(({ row }) => row === r));
  if (left.some((row) => Math.abs(row[n]!) > 1e-7 * Math.max(1, ...b.map(Math.abs)))) return undefined;
  const x = b.map(() => 0);
  for (const { row, column } of used) x[column] = rows[row]![n]! / rows[row]![column]!;
  return x;
}

/** The shortest vector of the convex hull: the best point over all faces, each by its own linear equations. */
export function shortestInHull(vectors: Vectors): number[] {
  let best: number[] | undefined;
  for (const face of subsets(vectors.length)) {
    if (face.length === 0) continue;
    // G_S w - m 1 = 0, 1^T w = 1.
    const matrix = [
      ...face.map((i) => [...face.map((j) => dot(vectors[i]!, vectors[j]!)), -1]),
      [...face.map(() => 1), 0],
    ];
    const solution = solve(matrix, [...face.map(() => 0), 1]);
    if (solution === undefined) continue;
    const weights = solution.slice(0, -1);
    if (weights.some((weight) => weight < -1e-9)) continue;
    const point = combined(
      face.map((i) => vectors[i]!),
      weights,
    );
    if (best === undefined || norm(point) < norm(best)) best = point;
  }
  return best!;
}

/** The nearest point of { d: <g_j, d> >= 0 for all j }: the nearest feasible one over all sets of active constraints. */
export function projectOnDualCone(vectors: Vectors, point: readonly number[]): number[] {
  let best: number[] | undefined;
  const slack = 1e-8 * Math.max(1, norm(point)) * Math.max(1, ...vectors.map(norm));
  for (const active of subsets(vectors.length)) {
    const matrix = active.map((i) => active.map((j) => dot(vectors[i]!, vectors[j]!)));
    const multipliers =
      active.length === 0
        ? []
        : solve(
            matrix,
            active.map((i) => -dot(vectors[i]!, point)),
          );
    if (multipliers === undefined) continue;
    const moved = point.map((value, c) =>
      active.reduce((total, i, a) => total + multipliers[a]! * vectors[i]![c]!, value),
    );
    if (vectors.some((vector) => dot(vector, moved) < -slack)) continue;
    const length = norm(moved.map((value, c) => value - point[c]!));
    if (best === undefined || length < norm(best.map((value, c) => value - point[c]!)) - 1e-12) best = moved;
  }
  return best!;
}

/**
 * The direction within `radius` of the mean gradient with the best worst agreement, by a search over the simplex: the
 * minimiser of <g_w, g_0> + radius |g_w| on a grid that is refined around its best point. For three gradients at most.
 */
export function bestWorstAgreement(vectors: Vectors, radius: number): { value: number; direction: number[] } {
  const mean = combined(
    vectors,
    vectors.map(() => 1 / vectors.length),
  );
  const valueAt = (weights: readonly number[]): number => {
    const point = combined(vectors, weights);
    return dot(point, mean) + radius * norm(point);
  };
  let centre = vectors.map(() => 1 / vectors.length);
  let width = 1;
  for (let round = 0; round < 60; round++) {
    const steps = Array.from({ length: 13 }, (_, s) => (s / 6 - 1) * width);
    let best = centre;
    for (const a of steps) {
      for (const b of vectors.length === 3 ? steps : [0]) {
        const first = centre[0]! + a;
        const second = vectors.length === 3 ? centre[1]! + b : 1 - first;
        const weights = vectors.length === 3 ? [first, second, 1 - first - second] : [first, second];
        if (weights.some((weight) => weight < -1e-15)) continue;
        if (valueAt(weights) < valueAt(best)) best = weights;
      }
    }
    centre = best;
    width *= 0.7;
  }
  const point = combined(vectors, centre);
  return {
    value: valueAt(centre),
    direction: mean.map((value, c) => value + (radius * point[c]!) / norm(point)),
  };
}

/** |det(G - l I)| relative to the product of the row sums: 0 where l is an eigenvalue of G. */
export function relativeDeterminant(gram: readonly number[], l: number): number {
  const count = Math.sqrt(gram.length);
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (__, j) => gram[i * count + j]! - (i === j ? l : 0)),
  );
  const scale = rows.map((row) => row.reduce((total, value) => total + Math.abs(value), 0) || 1);
  let determinant = 1;
  rows.forEach((row, i) => row.forEach((value, j) => (row[j] = value / scale[i]!)));
  for (let c = 0; c < count; c++) {
    const pivot = rows
      .slice(c)
      .reduce((best, _, r) => (Math.abs(rows[c + r]![c]!) > Math.abs(rows[best]![c]!) ? c + r : best), c);
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    determinant *= rows[c]![c]!;
    if (rows[c]![c] === 0) return 0;
    for (let r = c + 1; r < count; r++) {
      const factor = rows[r]![c]! / rows[c]![c]!;
      rows[r]!.forEach((value, j) => (rows[r]![j] = value - factor * rows[c]![j]!));
    }
  }
  return Math.abs(determinant);
}
