import { LtuError } from "@ltu/core";

/** A Gramian taken apart into directions and sizes, so that gradients of 1e-20 and 1e20 can stand side by side. */
export interface UnitGram {
  /** |g_i| divided by the largest of them; all 0 when every gradient is zero. */
  readonly sizes: readonly number[];
  /** The cosines <g_i, g_j> / (|g_i| |g_j|), `[k][k]`; 0 in the row and column of a zero gradient. */
  readonly cosines: readonly (readonly number[])[];
  /** The positions of the gradients that are not zero. */
  readonly nonZero: readonly number[];
}

/**
 * How near to dependent counts as dependent: directions less than 2^-20 apart, squared because a Gramian holds
 * squares. Gradients are float32, so a multiple of a gradient is a multiple only up to 2^-24.
 */
export const dependent: number = 2 ** -40;

/**
 * The rows of a Gramian as plain numbers.
 *
 * @param gram - `[k, k]` row-major: <g_i, g_j>.
 * @throws LtuError `SHAPE` when it is not square, `DIVERGED` when an entry is not finite.
 */
export function gramRows(where: string, gram: ArrayLike<number>): number[][] {
  const entries = Array.from(gram);
  const count = Math.sqrt(entries.length);
  if (!Number.isInteger(count) || count === 0) {
    throw new LtuError(
      "SHAPE",
      `${where}: the Gramian must hold k times k numbers, found ${entries.length}; give it row after row.`,
    );
  }
  if (!entries.every(Number.isFinite)) {
    throw new LtuError(
      "DIVERGED",
      `${where}: every entry of the Gramian must be finite, found NaN or infinity; look at the losses the gradients came from.`,
    );
  }
  return Array.from({ length: count }, (_, i) => entries.slice(i * count, (i + 1) * count));
}

/** The cosines and relative sizes behind a Gramian. */
export function unitGram(where: string, gram: ArrayLike<number>): UnitGram {
  const rows = gramRows(where, gram);
  const norms = rows.map((row, i) => Math.sqrt(Math.max(0, row[i] as number)));
  const largest = Math.max(...norms);
  return {
    sizes: norms.map((norm) => (largest === 0 ? 0 : norm / largest)),
    cosines: rows.map((row, i) =>
      row.map((dot, j) => (i === j && dot > 0 ? 1 : cosineOf(dot, norms[i] as number, norms[j] as number))),
    ),
    nonZero: norms.flatMap((norm, i) => (norm > 0 ? [i] : [])),
  };
}

/** The cosine in [-1, 1]; 0 where one of the two is zero. */
export function cosineOf(dot: number, norm: number, otherNorm: number): number {
  return norm === 0 || otherNorm === 0 ? 0 : Math.max(-1, Math.min(1, dot / (norm * otherNorm)));
}

/** The rows and columns of a matrix at some positions. */
export function submatrix(matrix: readonly (readonly number[])[], positions: readonly number[]): number[][] {
  return positions.map((i) => positions.map((j) => matrix[i]?.[j] as number));
}
