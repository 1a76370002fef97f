/** First and second moments of the gradient and the number of steps taken. */
export interface AdamState {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly steps: number;
}

/** The state before the first step. */
export function initAdam(size: number): AdamState {
  return { first: new Float64Array(size), second: new Float64Array(size), steps: 0 };
}

/**
 * One step of Adam, in float64, as a pure function of weights, gradient and state:
 *
 * m' = b1 m + (1 - b1) g;  v' = b2 v + (1 - b2) g^2;
 * w' = w - lr * (m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t)) + eps)
 *
 * @param options - `learningRate` is the step size; b1 = 0.9, b2 = 0.999, eps = 1e-8 by default.
 * @returns New weights and new state; the old ones are untouched.
 *
 * Source: Kingma and Ba, Adam, 2015, algorithm 1.
 */
export function adamStep(
  weights: Float64Array,
  gradient: Float64Array,
  state: AdamState,
  {
    learningRate,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
  }: { learningRate: number; beta1?: number; beta2?: number; epsilon?: number },
): { readonly weights: Float64Array; readonly state: AdamState } {
  const steps = state.steps + 1;
  const first = state.first.map((m, i) => beta1 * m + (1 - beta1) * (gradient[i] as number));
  const second = state.second.map((v, i) => beta2 * v + (1 - beta2) * (gradient[i] as number) ** 2);
  const firstScale = 1 - beta1 ** steps;
  const secondScale = 1 - beta2 ** steps;
  const moved = weights.map((w, i) => {
    const mean = (first[i] as number) / firstScale;
    const spread = Math.sqrt((second[i] as number) / secondScale);
    return w - (learningRate * mean) / (spread + epsilon);
  });
  return { weights: moved, state: { first, second, steps } };
}
