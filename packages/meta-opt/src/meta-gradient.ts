import {
  addScaledParams,
  disposeParams,
  LtuError,
  mapParams,
  valueAndGradient,
  weightedSumParams,
  type Params,
} from "@ltu/core";
import { stack, zerosLike, type Scalar } from "@tensorflow/tfjs-core";

import { hvp, type Loss } from "./hvp.ts";
import { innerStep } from "./inner-step.ts";

/** Options of {@link metaGradient}. */
export interface MetaGradientOptions {
  /** Step size of meta-tune (alpha), above or at 0. */
  readonly innerLr: number;
  /** Weight of the mean of the test losses (lambda); default 1. */
  readonly testWeight?: number | undefined;
  /** `"second"` (default) differentiates through the inner step; `"first"` leaves that term out. */
  readonly order?: "first" | "second" | undefined;
  /** Steps of the central difference, see `hvp`; default one, right for training. Second order only. */
  readonly curvatureSteps?: readonly number[] | undefined;
}

/** What {@link metaGradient} returns; `disposeMetaGradient` releases all of it. */
export interface MetaGradient {
  /** The meta-gradient g = tuneGradient + testGradient - innerLr * curvature. */
  readonly gradient: Params;
  /** The gradient of the tune loss at theta. */
  readonly tuneGradient: Params;
  /** v: testWeight times the mean gradient of the test losses at theta_tau; zero without tests. */
  readonly testGradient: Params;
  /** H v, with H the Hessian of the tune loss at theta; `undefined` in first order. */
  readonly curvature: Params | undefined;
  /** The tune loss at theta. */
  readonly tuneLoss: number;
  /** Each test loss at theta_tau. */
  readonly testLosses: readonly number[];
  /** Evaluations of a gradient: of the tune loss (curvature included), and of all test losses together. */
  readonly evaluations: { readonly tune: number; readonly test: number };
}

/**
 * The meta-optimization scheme: meta-tune on a support set, meta-test on query sets, one gradient of their sum.
 *
 * g = grad_theta [ L_tune(theta) + testWeight * mean_i L_test_i(theta - innerLr grad L_tune(theta)) ]
 *   = grad L_tune + v - innerLr H v, where v = testWeight * mean_i grad L_test_i at theta_tau.
 *
 * `order: "first"` leaves H v out. H v is a central difference of two more gradients of the tune loss
 * (see `hvp`), whose step is right for float32. No tests are allowed: then g is the gradient of the tune loss.
 * A caller who fuses all query sets in one forward pass gives one test, their mean.
 *
 * @param params - theta; borrowed, left as it is.
 * @param tune - L_tune. It must be a pure function of the parameters, as it is evaluated three times in second order.
 * @param tests - L_test_i.
 * @returns The gradient, its parts and the losses; `disposeMetaGradient` releases the tensors.
 * @throws LtuError `DIVERGED` naming the loss that is not finite, `OPTION` for options out of range.
 *
 * Source: "Learning to Unlearn for Robust Machine Unlearning", M. H. Huang, L. G. Foo, J. Liu, ECCV 2024,
 * eqs. (1), (3), (4). The mean over the query sets, the weight 1 and the single inner step are ours.
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
  { innerLr, testWeight = 1, order = "second", curvatureSteps }: MetaGradientOptions,
): Promise<MetaGradient> {
  checkOptions({ innerLr, testWeight, order, curvatureSteps });
  const tuned = valueAndGradient(tune, params);
  const values: Scalar[] = [tuned.value];
  const owned: Params[] = [tuned.gradient];
  try {
    const testGradient = meanTestGradient(params, tuned.gradient, tests, { innerLr, testWeight }, values);
    owned.push(testGradient);
    const [tuneLoss = 0, ...testLosses] = await readLosses(values);
    checkLosses(tuneLoss, testLosses);
    const curved =
      order === "second" ? await hvp(tune, params, testGradient, { steps: curvatureSteps }) : undefined;
    if (curved !== undefined) owned.push(curved.product);
    const summed =
      curved === undefined
        ? addScaledParams(tuned.gradient, testGradient, 1)
        : weightedSumParams([tuned.gradient, testGradient, curved.product], [1, 1, -innerLr]);
    return {
      gradient: summed,
      tuneGradient: tuned.gradient,
      testGradient,
      curvature: curved?.product,
      tuneLoss,
      testLosses,
      evaluations: { tune: 1 + (curved?.evaluations ?? 0), test: tests.length },
    };
  } catch (error) {
    owned.forEach(disposeParams);
    throw error;
  } finally {
    values.forEach((value) => value.dispose());
  }
}

/** Disposes every tensor of a {@link MetaGradient}. */
export function disposeMetaGradient(result: MetaGradient): void {
  [result.gradient, result.tuneGradient, result.testGradient, result.curvature ?? {}].forEach(disposeParams);
}

/** v, one test at a time so that no more than one activation set is alive; collects the losses in `values`. */
function meanTestGradient(
  params: Params,
  tuneGradient: Params,
  tests: readonly Loss[],
  { innerLr, testWeight }: { readonly innerLr: number; readonly testWeight: number },
  values: Scalar[],
): Params {
  let total = mapParams(params, (tensor) => zerosLike(tensor));
  if (tests.length === 0) return total;
  const tau = innerStep(params, tuneGradient, { innerLr });
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
  } finally {
    disposeParams(tau);
  }
}

/** All losses in one read-back. */
async function readLosses(values: readonly Scalar[]): Promise<number[]> {
  const packed = stack([...values]);
  const numbers = await packed.data();
  packed.dispose();
  return Array.from(numbers);
}

function checkLosses(tuneLoss: number, testLosses: readonly number[]): void {
  const bad = [tuneLoss, ...testLosses].findIndex((loss) => !Number.isFinite(loss));
  if (bad === -1) return;
  const which = bad === 0 ? "the tune loss" : `test loss ${bad - 1}`;
  throw new LtuError(
    "DIVERGED",
    `metaGradient: every loss must be finite; ${which} is ${[tuneLoss, ...testLosses][bad]}. Lower ${bad === 0 ? "the step size of the optimizer" : "innerLr"}, or look at the data of this loss.`,
  );
}

function checkOptions({ innerLr, testWeight, order, curvatureSteps }: Required<MetaGradientOptions>): void {
  for (const [name, value] of Object.entries({ innerLr, testWeight })) {
    if (!Number.isFinite(value) || (value as number) < 0) {
      throw new LtuError(
        "OPTION",
        `metaGradient: ${name} must be a number of at least 0, found ${value}; give another one.`,
      );
    }
  }
  if (order !== "first" && order !== "second") {
    throw new LtuError(
      "OPTION",
      `metaGradient: order must be "first" or "second", found "${String(order)}"; choose one of them.`,
    );
  }
  if (order === "first" && curvatureSteps !== undefined) {
    throw new LtuError(
      "OPTION",
      `metaGradient: curvatureSteps belong to order "second", found them with "first"; leave them out.`,
    );
  }
}
