import { CholeskyDecomposition, Matrix } from "ml-matrix";

/**
 * The coefficients b of a ridge regression with weights: (X' W X + ridge I_0) b = X' v, where I_0 leaves the first
 * coefficient, the intercept, alone.
 *
 * @param design - X, `[rows, width]` row-major.
 * @param weights - The diagonal of W, above 0.
 * @param right - v, `[rows]`.
 */
export function weightedLeastSquares(
  design: Float64Array,
  weights: Float64Array,
  right: Float64Array,
  ridge: number,
): Float64Array {
  const rows = weights.length;
  const width = design.length / rows;
  const gram = new Float64Array(width * width);
  const product = new Float64Array(width);
  for (let i = 0; i < rows; i++) {
    const row = design.subarray(i * width, (i + 1) * width);
    const [weight, value] = [weights[i] as number, right[i] as number];
    for (let a = 0; a < width; a++) {
      const own = row[a] as number;
      product[a] = (product[a] as number) + own * value;
      for (let b = 0; b <= a; b++) {
        gram[a * width + b] = (gram[a * width + b] as number) + weight * own * (row[b] as number);
      }
    }
  }
  for (let a = 0; a < width; a++) {
    if (a > 0) gram[a * width + a] = (gram[a * width + a] as number) + ridge;
    for (let b = 0; b < a; b++) gram[b * width + a] = gram[a * width + b] as number;
  }
  const system = Matrix.from1DArray(width, width, gram);
  return Float64Array.from(new CholeskyDecomposition(system).solve(Matrix.columnVector(product)).to1DArray());
}
