import { valueAndGradient } from "@ltu/core";
import {
  abs,
  add,
  argMax,
  avgPool,
  clipByValue,
  concat,
  div,
  elu,
  erf,
  exp,
  gather,
  gatherND,
  greater,
  less,
  log,
  log1p,
  logicalAnd,
  logSoftmax,
  logSumExp,
  losses,
  matMul,
  max,
  maxPool,
  mean,
  min,
  mul,
  oneHot,
  pad,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  squaredDifference,
  stack,
  sub,
  sum,
  tanh,
  tensor1d,
  tensor2d,
  tidy,
  topk,
  transpose,
  unsortedSegmentSum,
  where,
  zerosLike,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

/** Central differences in float32 with this step are right to about three digits for these functions. */
const step = 1e-2;
const tolerance = 5e-3;

/** No two alike, none near a kink of the functions below. */
const numbers = [0.3, -0.7, 1.2, 0.05, -1.1, 0.9, 0.45, -0.2, 0.77, -0.6, 1.5, -0.35];

/** What models, losses and attacks use, as functions of a `[3, 4]` tensor. */
const functions: Record<string, (x: Tensor2D) => Tensor> = {
  gather: (x) => gather(x, tensor1d([2, 0, 2], "int32")),
  "gather along axis 1": (x) => gather(x, tensor1d([3, 0, 3], "int32"), 1),
  gatherND: (x) => gatherND(x, tensor2d([0, 1, 2, 2, 0, 1], [3, 2], "int32")),
  "topk, largest three of a row": (x) => topk(x, 3, true).values,
  "sorted vector by topk": (x) => topk(reshape(x, [-1]), 12, true).values,
  unsortedSegmentSum: (x) => unsortedSegmentSum(x, tensor1d([1, 0, 1], "int32"), 2),
  "true logit by oneHot": (x) => sum(mul(x, oneHot(tensor1d([1, 0, 3], "int32"), 4)), 1),
  "largest other logit": (x) => max(sub(x, mul(oneHot(tensor1d([1, 0, 3], "int32"), 4), 1e3)), 1),
  "mask by argMax": (x) => mul(x, oneHot(argMax(x, 1), 4)),
  "smooth L1 by where": (x) => where(less(abs(x), 0.5), mul(square(x), 1), sub(abs(x), 0.25)),
  "where both": (x) => where(logicalAnd(greater(x, 0), less(x, 1)), x, zerosLike(x)),
  huberLoss: (x) => losses.huberLoss(zerosLike(x), x),
  softplus,
  "log1p of a square": (x) => log1p(square(x)),
  "gelu by erf": (x) => mul(mul(x, 0.5), add(1, erf(div(x, Math.SQRT2)))),
  tanh,
  sigmoid,
  elu,
  relu,
  exp,
  "sqrt of a positive": (x) => sqrt(add(square(x), 0.1)),
  "log of a positive": (x) => log(add(square(x), 0.1)),
  softmax: (x) => softmax(x),
  logSoftmax: (x) => logSoftmax(x),
  logSumExp: (x) => logSumExp(x, 1),
  "entropy of softmax": (x) => sum(mul(softmax(x), logSoftmax(x)), 1),
  max: (x) => max(x, 1),
  min: (x) => min(x, 0),
  mean: (x) => mean(x, 0),
  clipByValue: (x) => clipByValue(x, -0.5, 0.5),
  squaredDifference: (x) => squaredDifference(x, 0.31),
  "matMul, transposed either way": (x) =>
    add(sum(matMul(x, x, true)), sum(square(matMul(x, x, false, true)))),
  transpose: (x) => transpose(x),
  concat: (x) => concat([x, square(x)], 1),
  stack: (x) => stack([x, x]),
  slice: (x) => slice(x, [0, 1], [2, 2]),
  pad: (x) => pad(x, [[1, 1], [0, 2]]), // prettier-ignore
  avgPool: (x) => avgPool(reshape(x, [1, 2, 2, 3]) as Tensor4D, 2, 1, "valid"),
  maxPool: (x) => maxPool(reshape(x, [1, 2, 2, 3]) as Tensor4D, 2, 1, "valid"),
};

/** A scalar in which every number of f(x) has its own weight. */
function weighted(f: (x: Tensor2D) => Tensor, x: Tensor2D): Scalar {
  return tidy(() => {
    const y = f(x);
    const weights = Array.from({ length: y.size }, (_, i) => Math.sin(i + 1));
    return sum(mul(reshape(y, [-1]), tensor1d(weights))) as Scalar;
  });
}

describe("ops of models, losses and attacks", () => {
  it.each(Object.entries(functions))("%s has the gradient of its values", async (_, f) => {
    const x = tensor2d(numbers, [3, 4]);

    const { value, gradient } = valueAndGradient((params) => weighted(f, params["x"] as Tensor2D), { x });

    const found = await (gradient["x"] as Tensor).data();
    const valueAt = async (position: number, shift: number): Promise<number> => {
      const moved = tensor2d(
        numbers.map((number, i) => (i === position ? number + shift : number)),
        [3, 4],
      );
      const result = weighted(f, moved);
      const [read] = await result.data();
      moved.dispose();
      result.dispose();
      return read as number;
    };
    for (const i of numbers.keys()) {
      const slope = ((await valueAt(i, step)) - (await valueAt(i, -step))) / (2 * step);
      expect(Math.abs((found[i] as number) - slope), `position ${i}`).toBeLessThan(tolerance);
    }
    for (const made of [x, value, gradient["x"] as Tensor]) made.dispose();
  });
});
