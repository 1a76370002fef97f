import {
  addScaledParams,
  disposeParams,
  mapParams,
  normParams,
  scaleParams,
  valueAndGradient,
  zipParams,
  type Params,
} from "@ltu/core";
import { sub, zerosLike, type Scalar, type Tensor } from "@tensorflow/tfjs-core";

/** A loss as a function of the parameter tree; anything else it needs is in its closure. */
export type Loss = (params: Params) => Scalar;

/** Options of {@link hvp}. */
export interface HvpOptions {
  /** The distance |epsilon v| between theta and each of the two points; default {@link hvpStep}. */
  readonly step?: number | undefined;
}

/** What {@link hvp} returns; the caller disposes `product`. */
export interface HessianVectorProduct {
  /** H v, with the names and shapes of the parameters. */
  readonly product: Params;
  /** Gradient evaluations spent: 2, or 0 where v is zero. */
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
 * here. `loss` is evaluated twice and must be the same function each time: same batch, same augmentation.
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
  { step }: HvpOptions = {},
): Promise<HessianVectorProduct> {
  const vectorNorm = await normParams(vector);
  if (vectorNorm === 0) return { product: mapParams(params, (tensor) => zerosLike(tensor)), evaluations: 0 };
  const epsilon = (step ?? hvpStep(await normParams(params))) / vectorNorm;
  const gradientAt = (factor: number): Params => {
    const moved = addScaledParams(params, vector, factor);
    const { value, gradient } = valueAndGradient(loss, moved);
    value.dispose();
    disposeParams(moved);
    return gradient;
  };
  const above = gradientAt(epsilon);
  const below = gradientAt(-epsilon);
  const difference = zipParams([above, below], ([a, b]) => sub(a as Tensor, b as Tensor));
  const product = scaleParams(difference, 1 / (2 * epsilon));
  [above, below, difference].forEach(disposeParams);
  return { product, evaluations: 2 };
}
