import { linearPredictor } from "./standardised.ts";
import { weightedLeastSquares } from "./weighted-least-squares.ts";

/**
 * Logistic regression with a ridge penalty, by Newton's method with halved steps: the log odds of a member are x b.
 *
 * minimise sum_i w_i log(1 + exp(-s_i x_i b)) + ridge/2 |b|^2, both sides of equal total weight
 *
 * @param design - `[rows, width]` row-major, a leading 1 in each row.
 * @param members - 1 for members, 0 for others, `[rows]`; both occur.
 * @returns The coefficients, `[width]`.
 */
export function logisticRegression(
  design: Float64Array,
  members: ArrayLike<number>,
  { ridge, maxRounds = 50 }: { readonly ridge: number; readonly maxRounds?: number },
): Float64Array {
  const rows = members.length;
  const width = design.length / rows;
  let inside = 0;
  for (let i = 0; i < rows; i++) inside += members[i] as number;
  const share = Float64Array.from(members, (member) => rows / (2 * (member === 1 ? inside : rows - inside)));
  const objective = (coefficients: Float64Array): number => {
    let total = 0;
    linearPredictor(design, coefficients).forEach((odds, i) => {
      const signed = members[i] === 1 ? -odds : odds;
      total += (share[i] as number) * (Math.max(signed, 0) + Math.log1p(Math.exp(-Math.abs(signed))));
    });
    for (let c = 1; c < width; c++) total += (ridge / 2) * (coefficients[c] as number) ** 2;
    return total;
  };
  let coefficients: Float64Array = new Float64Array(width);
  let best = objective(coefficients);
  for (let round = 0; round < maxRounds; round++) {
    const odds = linearPredictor(design, coefficients);
    const probabilities = odds.map((value) => 1 / (1 + Math.exp(-value)));
    const weights = probabilities.map((p, i) => Math.max(p * (1 - p), 1e-10) * (share[i] as number));
    // Newton's next point as one weighted regression: W X b + (membership - p).
    const right = odds.map(
      (value, i) =>
        (weights[i] as number) * value +
        (share[i] as number) * ((members[i] as number) - (probabilities[i] as number)),
    );
    const wanted = weightedLeastSquares(design, weights, right, ridge);
    let step = 1;
    let next = wanted;
    let value = objective(next);
    while (!(value <= best) && step > 1e-6) {
      step /= 2;
      next = coefficients.map((old, c) => old + step * ((wanted[c] as number) - old));
      value = objective(next);
    }
    if (!(best - value > 1e-12 * (1 + best))) break;
    coefficients = next;
    best = value;
  }
  return coefficients;
}
