import { zerosLike, type Scalar } from "@tensorflow/tfjs-core";

import {
  addScaledParams,
  disposeParams,
  mapParams,
  valueAndGradient,
  weightedSumParams,
  type Params,
} from "@ltu/core";

import type { Loss } from "./hvp.ts";
import { chosenNames } from "./inner-params.ts";
import { disposeInnerPath, innerPath, pathCurvature, type InnerPath } from "./inner-path.ts";
import { checkMetaGradientOptions, type MetaGradientOptions } from "./meta-gradient-options.ts";
import type { MetaGradient } from "./meta-gradient-result.ts";
import { readLosses } from "./read-losses.ts";
import { reptile } from "./reptile.ts";

/**
 * The meta-optimization scheme: meta-tune on a support set, meta-test on query sets, one gradient of their sum.
 *
 * g = grad_theta [ L_tune(theta) + testWeight * mean_i L_test_i(theta_tau) ], theta_tau = theta - innerLr grad L_tune
 *   = grad L_tune + v - innerLr H v, where v = testWeight * mean_i grad L_test_i at theta_tau.
 *
 * `order: "first"` leaves H v out. H v is a central difference of two more gradients of the tune loss (see `hvp`), whose
 * step is right for float32. With `innerSteps` n, theta_tau lies behind n steps, and H v becomes the product of all
 * (I - innerLr H_j) along the way, from n Hessian-vector products. With `innerParams` the steps move only some of the
 * parameters; g is still the gradient for all. No tests are allowed: then g is the gradient of the tune loss.
 * Query sets that fit in one forward pass can be one test, see `fuseQueries`.
 *
 * @param params - theta; borrowed, left as it is.
 * @param tune - L_tune. It must be a pure function of the parameters, as it is evaluated several times.
 * @param tests - L_test_i.
 * @returns The gradient, its parts and the losses; `disposeMetaGradient` releases the tensors.
 * @throws LtuError `DIVERGED` naming the loss that is not finite, `OPTION` for options that are unknown, out of range or
 * contradict one another.
 *
 * Source: "Learning to Unlearn for Robust Machine Unlearning", M. H. Huang, L. G. Foo, J. Liu, ECCV 2024,
 * eqs. (1), (3), (4). The mean over the query sets, the weight 1 and the plain inner step are ours. Several steps with
 * their curvature: Chelsea Finn, Pieter Abbeel, Sergey Levine, "Model-Agnostic Meta-Learning", 2017. Reptile: see
 * `reptile.ts`; ANIL: see `inner-params.ts`.
 *
 * @example
 * ```ts
 * import { mul, scalar, square, sub } from "@tensorflow/tfjs-core";
 * import { metaGradient } from "@ltu/meta-opt";
 *
 * const tune = ({ t }) => square(t); // 1/2 2 t^2
 * const test = ({ t }) => mul(1.5, square(sub(t, 1))); // 1/2 3 (t - 1)^2
 * for (const order of ["first", "second"]) {
 *   const { gradient } = await metaGradient({ t: scalar(1) }, tune, [test], { innerLr: 0.1, order });
 *   console.log(order, (await gradient.t.data())[0].toFixed(2));
 * }
 * // → first 1.40
 * // → second 1.52
 * ```
 */
export async function metaGradient(
  params: Params,
  tune: Loss,
  tests: readonly Loss[],
  options: MetaGradientOptions,
): Promise<MetaGradient> {
  checkMetaGradientOptions(options);
  if (options.reptile === true) return reptile(params, tune, tests, options);
  const { innerLr, innerSteps = 1, testWeight = 1, order = "second", curvatureSteps } = options;
  const chosen = chosenNames(params, options.innerParams);
  const tuned = valueAndGradient(tune, params);
  const owned: Params[] = [tuned.gradient];
  const values: Scalar[] = [];
  let path: InnerPath | undefined;
  try {
    // Without tests nothing asks where the inner steps lead.
    if (tests.length > 0) path = innerPath(params, tuned.gradient, tune, { innerLr, innerSteps, chosen });
    const testGradient = meanTestGradient(path?.points.at(-1) ?? params, tests, { testWeight }, values);
    owned.push(testGradient);
    const losses = await readLosses({ inner: [tuned.value, ...(path?.values ?? [])], tests: values });
    const inner = path === undefined ? [] : [params, ...path.points.slice(0, -1)];
    const curved =
      order === "second"
        ? await pathCurvature(tune, inner, testGradient, { innerLr, chosen, steps: curvatureSteps })
        : undefined;
    if (curved !== undefined) owned.push(curved.product);
    const parts = [tuned.gradient, testGradient, ...(curved === undefined ? [] : [curved.product])];
    return {
      gradient: weightedSumParams(parts, [1, 1, -innerLr]),
      tuneGradient: tuned.gradient,
      testGradient,
      curvature: curved?.product,
      ...losses,
      evaluations: {
        tune: losses.innerLosses.length + (curved?.evaluations ?? 0),
        test: tests.length,
      },
    };
  } catch (error) {
    owned.forEach(disposeParams);
    throw error;
  } finally {
    [tuned.value, ...values].forEach((value) => value.dispose());
    if (path !== undefined) disposeInnerPath(path);
  }
}

/** v, one test at a time so that no more than one activation set is alive; collects the losses in `values`. */
function meanTestGradient(
  tau: Params,
  tests: readonly Loss[],
  { testWeight }: { readonly testWeight: number },
  values: Scalar[],
): Params {
  let total = mapParams(tau, (tensor) => zerosLike(tensor));
  try {
    for (const test of tests) {
      const { value, gradient } = valueAndGradient(test, tau);
      values.push(value);
      const sum = addScaledParams(total, gradient, testWeight / tests.length);
      [total, gradient].forEach(disposeParams);
      total = sum;
    }
    return total;
  } catch (error) {
    disposeParams(total);
    throw error;
  }
}
