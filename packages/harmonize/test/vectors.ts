import fc from "fast-check";

/** Small vector algebra in float64, written apart from the package so that it can check it. */
export type Vectors = readonly (readonly number[])[];

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, value, i) => total + value * b[i]!, 0);
export const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
export const gramOf = (vectors: Vectors): number[] => vectors.flatMap((a) => vectors.map((b) => dot(a, b)));
/** sum_i w_i g_i. */
export const combined = (vectors: Vectors, weights: ArrayLike<number>): number[] =>
  vectors[0]!.map((_, c) => vectors.reduce((total, row, i) => total + weights[i]! * row[c]!, 0));
export const largest = (vectors: Vectors): number => Math.max(...vectors.map(norm));
export const distance = (a: readonly number[], b: readonly number[]): number =>
  norm(a.map((x, i) => x - b[i]!));

/** How many gradients and parameters a generated set has, at most. */
interface Limits {
  readonly counts?: readonly [number, number];
  readonly dims?: readonly [number, number];
}

/** Sets of gradients with entries of three decimals from -3 to 3; more gradients than parameters occur, so dependent ones do too. */
export function realVectors({ counts = [2, 5], dims = [1, 6] }: Limits = {}): fc.Arbitrary<number[][]> {
  return shaped(
    { counts, dims },
    fc.integer({ min: -3000, max: 3000 }).map((thousandths) => thousandths / 1000),
  );
}

/** Sets with entries from -2 to 2: zero, equal, opposite, orthogonal and otherwise dependent gradients are frequent. */
export function degenerateVectors({ counts = [2, 5], dims = [1, 4] }: Limits = {}): fc.Arbitrary<number[][]> {
  return shaped({ counts, dims }, fc.integer({ min: -2, max: 2 }));
}

/** Both kinds. */
export function anyVectors(): fc.Arbitrary<number[][]> {
  return fc.oneof(realVectors(), degenerateVectors());
}

function shaped({ counts, dims }: Required<Limits>, entry: fc.Arbitrary<number>): fc.Arbitrary<number[][]> {
  const [fewest, most] = counts;
  return fc
    .tuple(fc.integer({ min: fewest, max: most }), fc.integer({ min: dims[0], max: dims[1] }))
    .chain(([count, dim]) =>
      fc.array(fc.array(entry, { minLength: dim, maxLength: dim }), { minLength: count, maxLength: count }),
    );
}
