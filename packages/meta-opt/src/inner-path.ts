import { tidy, zerosLike, type Scalar } from "@tensorflow/tfjs-core";

import { addScaledParams, disposeParams, mapParams, valueAndGradient, type Params } from "@ltu/core";

import { hvp, type Loss } from "./hvp.ts";
import { onlyChosen } from "./inner-params.ts";
import { innerStep } from "./inner-step.ts";

/** The way of the inner steps. */
export interface InnerPath {
  /** theta_1 .. theta_n, which the caller disposes; theta_n is theta_tau. */
  readonly points: readonly Params[];
  /** The losses at theta_1 .. theta_(n-1), which the caller disposes. */
  readonly values: readonly Scalar[];
}

/**
 * Meta-tune in n steps: theta_(j+1) = theta_j - innerLr P grad L_tune(theta_j), where P keeps the chosen parameters.
 *
 * @param params - theta_0; borrowed.
 * @param firstGradient - The gradient at theta_0; borrowed.
 */
export function innerPath(
  params: Params,
  firstGradient: Params,
  tune: Loss,
  options: { readonly innerLr: number; readonly innerSteps: number; readonly chosen: ReadonlySet<string> },
): InnerPath {
  const path = { points: [] as Params[], values: [] as Scalar[] };
  try {
    path.points.push(innerStep(params, firstGradient, options));
    for (let step = 1; step < options.innerSteps; step++) {
      const at = path.points[step - 1] as Params;
      const { value, gradient } = valueAndGradient(tune, at);
      path.values.push(value);
      path.points.push(innerStep(at, gradient, options));
      disposeParams(gradient);
    }
    return path;
  } catch (error) {
    disposeInnerPath(path);
    throw error;
  }
}

/** Disposes everything of an {@link InnerPath}. */
export function disposeInnerPath({ points, values }: InnerPath): void {
  points.forEach(disposeParams);
  values.forEach((value) => value.dispose());
}

/**
 * What the curvature along the inner steps adds to the gradient of a loss behind them.
 *
 * The chain rule through theta_(j+1) = theta_j - innerLr P grad L(theta_j) takes v back to
 * (I - innerLr H_0 P) (I - innerLr H_1 P) .. (I - innerLr H_(n-1) P) v = v - innerLr c, with
 * c = sum_j H_j P u_j and u_j = v - innerLr sum_(i > j) H_i P u_i, from the last step to the first:
 * one Hessian-vector product at each inner point, none of them nested.
 *
 * @param points - theta_0 .. theta_(n-1); borrowed. Without points c is zero.
 * @param vector - v, the gradient at theta_n; borrowed.
 * @returns c, which the caller disposes, and the gradient evaluations spent.
 */
export async function pathCurvature(
  tune: Loss,
  points: readonly Params[],
  vector: Params,
  {
    innerLr,
    chosen,
    steps,
  }: {
    readonly innerLr: number;
    readonly chosen: ReadonlySet<string>;
    readonly steps?: readonly number[] | undefined;
  },
): Promise<{ readonly product: Params; readonly evaluations: number }> {
  let total: Params | undefined;
  let evaluations = 0;
  try {
    for (const point of points.toReversed()) {
      const before = total;
      const back = tidy(() =>
        onlyChosen(before === undefined ? vector : addScaledParams(vector, before, -innerLr), chosen),
      );
      try {
        const { product, evaluations: spent } = await hvp(tune, point, back, { steps });
        evaluations += spent;
        total = before === undefined ? product : addScaledParams(before, product, 1);
        if (before !== undefined) [before, product].forEach(disposeParams);
      } finally {
        disposeParams(back);
      }
    }
    return { product: total ?? mapParams(vector, (tensor) => zerosLike(tensor)), evaluations };
  } catch (error) {
    disposeParams(total ?? {});
    throw error;
  }
}
