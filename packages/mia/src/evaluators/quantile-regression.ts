import { linearPredictor } from "./standardised.ts";
import { weightedLeastSquares } from "./weighted-least-squares.ts";

/** Options of {@link quantileRegression}. */
export interface QuantileRegressionOptions {
  /** Which quantile, between 0 and 1. */
  readonly quantile: number;
  /** Penalty of squared coefficients, the intercept aside; above 0. */
  readonly ridge: number;
  /** At most this many rounds; 200 by default. */
  readonly maxRounds?: number;
}

/**
 * The linear model whose predictions a share `quantile` of the values lies below:
 *
 * minimise sum_i rho_q(y_i - x_i b) + ridge/2 |b|^2,  rho_q(r) = q max(r, 0) + (1 - q) max(-r, 0)
 *
 * by majorisation: each round solves a weighted least squares problem that touches the loss at the last residuals. The
 * intercept is then set so that the share holds among the fitting rows themselves.
 *
 * @param design - `[rows, width]` row-major, a leading 1 in each row.
 * @param values - y, `[rows]`.
 * @returns The coefficients, `[width]`.
 *
 * Source: Koenker and Bassett, Regression Quantiles, 1978; Hunter and Lange, Quantile Regression via an MM Algorithm,
 * 2000.
 */
export function quantileRegression(
  design: Float64Array,
  values: Float64Array,
  { quantile, ridge, maxRounds = 200 }: QuantileRegressionOptions,
): Float64Array {
  const rows = values.length;
  const scale = Math.max(...values.map(Math.abs), 1e-12);
  let coefficients = weightedLeastSquares(design, new Float64Array(rows).fill(1), values, ridge);
  for (let round = 0; round < maxRounds; round++) {
    const residuals = residualsOf(design, values, coefficients);
    // Rounds the corner of the loss, on the values' own scale.
    const weights = residuals.map((residual) => 1 / (1e-6 * scale + Math.abs(residual)));
    const right = values.map((value, i) => value * (weights[i] as number) + 2 * quantile - 1);
    const next = weightedLeastSquares(design, weights, right, 2 * ridge);
    const change = Math.max(...next.map((value, c) => Math.abs(value - (coefficients[c] as number))));
    coefficients = next;
    if (change < 1e-9 * scale) break;
  }
  const residuals = residualsOf(design, values, coefficients).sort();
  const shift = residuals[Math.min(rows - 1, Math.ceil(quantile * rows) - 1)] as number;
  coefficients[0] = (coefficients[0] as number) + shift;
  return coefficients;
}

function residualsOf(design: Float64Array, values: Float64Array, coefficients: Float64Array): Float64Array {
  const predicted = linearPredictor(design, coefficients);
  return values.map((value, i) => value - (predicted[i] as number));
}
