import {
  addScaledParams,
  disposeParams,
  LtuError,
  mapParams,
  normParams,
  scaleParams,
  valueAndGradient,
  zipParams,
  type Params,
} from "@ltu/core";
import {
  abs,
  add,
  max,
  mul,
  stack,
  sub,
  sum,
  tidy,
  zerosLike,
  type Scalar,
  type Tensor,
} from "@tensorflow/tfjs-core";

/** A loss as a function of the parameter tree; anything else it needs is in its closure. */
export type Loss = (params: Params) => Scalar;

/** Options of {@link hvp}. */
export interface HvpOptions {
  /**
   * Distances |epsilon v| between theta and each of the two points; default one, {@link hvpStep}. Of several, in
   * descending order, the one is taken whose product differs least from that of the next smaller one; steps that leave the
   * range in which the loss is a number do not count.
   */
  readonly steps?: readonly number[] | undefined;
}

/** Steps to search for an exact product, from right for a quadratic to right for a network with many kinks. */
export const hvpSearchSteps: readonly number[] = [0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003];

/** What {@link hvp} returns; the caller disposes `product`. */
export interface HessianVectorProduct {
  /** H v, with the names and shapes of the parameters. */
  readonly product: Params;
  /** Gradient evaluations spent: 2 for each step, or 0 where v is zero. */
  readonly evaluations: number;
}

/**
 * The distance between theta and each of the two points of a central difference.
 *
 * step = max(0.01, |theta| / 1000).
 *
 * The first part is the rule of DARTS, epsilon = 0.01 / |v|. Truncation costs step^2 times a third derivative,
 * and a larger step carries more units of a ReLU network over their kinks, so it should not be larger without
 * need. But a float32 theta_i is rounded by up to 6e-8 |theta_i|, so a displacement of a thousandth of |theta|
 * is known to four digits and a smaller one to fewer: that is the need, and the second part.
 */
export function hvpStep(paramsNorm: number): number {
  return Math.max(0.01, paramsNorm / 1000);
}

/**
 * A Hessian-vector product by central difference.
 *
 * H v = [grad(theta + epsilon v) - grad(theta - epsilon v)] / (2 epsilon), epsilon = step / |v|.
 *
 * TensorFlow.js cannot differentiate a gradient (silently wrong for soft-max), so curvature always comes from
 * here. `loss` is evaluated twice for each step and must be the same function each time: same batch, same
 * augmentation.
 *
 * One step is right for training. Where the product must be exact, give {@link hvpSearchSteps}: a smooth loss wants
 * a large step (rounding), a ReLU network a small one (kinks), and two steps that agree show which it is.
 *
 * @param loss - The function whose Hessian H is meant.
 * @param params - theta; borrowed.
 * @param vector - v, with the same names and shapes; borrowed. Where it is zero so is the product.
 * @returns H v, which the caller disposes.
 *
 * Source: Hanxiao Liu, Karen Simonyan, Yiming Yang, "DARTS: Differentiable Architecture Search", 2019, eq. 8.
 * *Differs from the source in* the step for large weights, see {@link hvpStep}.
 *
 * @example
 * ```ts
 * import { mul, square, sum, tensor1d } from "@tensorflow/tfjs-core";
 * import { hvp } from "@ltu/meta-opt";
 *
 * const loss = ({ w }) => sum(mul([1, 3], square(w))); // Hessian diag(2, 6)
 * const { product } = await hvp(loss, { w: tensor1d([1, 1]) }, { w: tensor1d([1, -1]) });
 * console.log(Array.from(await product.w.data()).map((value) => value.toFixed(3))); // → [ '2.000', '-6.000' ]
 * ```
 */
export async function hvp(
  loss: Loss,
  params: Params,
  vector: Params,
  { steps }: HvpOptions = {},
): Promise<HessianVectorProduct> {
  checkSteps(steps);
  const vectorNorm = await normParams(vector);
  if (vectorNorm === 0) return { product: mapParams(params, (tensor) => zerosLike(tensor)), evaluations: 0 };
  const distances = steps ?? [hvpStep(await normParams(params))];
  const products = distances.map((distance) =>
    centralDifference(loss, params, vector, { epsilon: distance / vectorNorm }),
  );
  const chosen = products.length === 1 ? 0 : await mostAgreed(products);
  products.forEach((product, i) => {
    if (i !== chosen) disposeParams(product);
  });
  return { product: products[chosen] as Params, evaluations: 2 * distances.length };
}

/** [grad(theta + epsilon v) - grad(theta - epsilon v)] / (2 epsilon). */
function centralDifference(
  loss: Loss,
  params: Params,
  vector: Params,
  { epsilon }: { readonly epsilon: number },
): Params {
  return tidy(() => {
    const gradientAt = (factor: number): Params =>
      valueAndGradient(loss, addScaledParams(params, vector, factor)).gradient;
    const [above, below] = [gradientAt(epsilon), gradientAt(-epsilon)];
    const difference = zipParams([above, below], ([a, b]) => sub(a as Tensor, b as Tensor));
    return scaleParams(difference, 1 / (2 * epsilon));
  });
}

/** The place of the product whose largest difference from the next one is the smallest. */
async function mostAgreed(products: readonly Params[]): Promise<number> {
  const packed = tidy(() =>
    stack(
      products.slice(1).map((next, i) => {
        const gaps = zipParams([products[i] as Params, next], ([a, b]) => {
          const gap = sub(a as Tensor, b as Tensor);
          // A largest magnitude may pass over NaN; a sum never does, and zero times infinity is NaN.
          return add(max(abs(gap)), sum(mul(gap, 0)));
        });
        return max(stack(Object.values(gaps)));
      }),
    ),
  );
  const gaps = Array.from(await packed.data(), (gap) => (Number.isFinite(gap) ? gap : Infinity));
  packed.dispose();
  const smallest = gaps.reduce((a, b) => Math.min(a, b), Infinity);
  // Where no two steps agree on numbers, the smallest step is the last hope.
  return smallest === Infinity ? products.length - 1 : gaps.indexOf(smallest);
}

function checkSteps(steps: readonly number[] | undefined): void {
  const isRight =
    steps === undefined ||
    (steps.length > 0 &&
      steps.every((step, i) => step > 0 && step < (steps[i - 1] ?? Number.POSITIVE_INFINITY)));
  if (isRight) return;
  throw new LtuError(
    "OPTION",
    `hvp: steps must be positive numbers in descending order, found [${steps.join(", ")}]; sort them or leave them out.`,
  );
}
