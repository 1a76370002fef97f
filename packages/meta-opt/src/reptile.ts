import { zerosLike, type Scalar } from "@tensorflow/tfjs-core";

import {
  addScaledParams,
  cloneParams,
  disposeParams,
  mapParams,
  valueAndGradient,
  type Params,
} from "@ltu/core";

import type { Loss } from "./hvp.ts";
import { innerStep } from "./inner-step.ts";
import type { MetaGradientOptions } from "./meta-gradient-options.ts";
import type { MetaGradient } from "./meta-gradient-result.ts";
import { readLosses } from "./read-losses.ts";

/**
 * Reptile: `innerSteps` steps on the tune loss, then one on each test loss in turn; the way from theta to the last point
 * over the step size is the gradient.
 *
 * (theta - theta_k) / innerLr = sum_j grad L_j(theta_j), with theta_(j+1) = theta_j - innerLr grad L_j(theta_j).
 * It is computed as the sum: an inner rate of 0 then gives the gradient of the joint loss, and no small difference is
 * rounded.
 *
 * With one tune step and one test this is the first-order meta-gradient of weight 1; with more tests each is taken
 * behind the ones before it, and they are added, not averaged.
 *
 * @returns As `metaGradient`: the sum over the tune steps, the sum over the tests, and the sum of both.
 *
 * Source: Alex Nichol, Joshua Achiam, John Schulman, "On First-Order Meta-Learning Algorithms", 2018, algorithm 1;
 * that the update is the sum of the gradients along the way: its analysis in section 5.
 */
export async function reptile(
  params: Params,
  tune: Loss,
  tests: readonly Loss[],
  { innerLr, innerSteps = 1 }: MetaGradientOptions,
): Promise<MetaGradient> {
  const values: Scalar[] = [];
  const sums = { tune: zerosOf(params), test: zerosOf(params) };
  let point = cloneParams(params);
  try {
    for (const loss of [...Array.from({ length: innerSteps }, () => tune), ...tests]) {
      const branch = values.length < innerSteps ? "tune" : "test";
      const { value, gradient } = valueAndGradient(loss, point);
      values.push(value);
      const [sum, next] = [
        addScaledParams(sums[branch], gradient, 1),
        innerStep(point, gradient, { innerLr }),
      ];
      [sums[branch], gradient, point].forEach(disposeParams);
      sums[branch] = sum;
      point = next;
    }
    const losses = await readLosses({ inner: values.slice(0, innerSteps), tests: values.slice(innerSteps) });
    return {
      gradient: addScaledParams(sums.tune, sums.test, 1),
      tuneGradient: sums.tune,
      testGradient: sums.test,
      curvature: undefined,
      ...losses,
      evaluations: { tune: innerSteps, test: tests.length },
    };
  } catch (error) {
    Object.values(sums).forEach(disposeParams);
    throw error;
  } finally {
    disposeParams(point);
    values.forEach((value) => value.dispose());
  }
}

function zerosOf(params: Params): Params {
  return mapParams(params, (tensor) => zerosLike(tensor));
}
