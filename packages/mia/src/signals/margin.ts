import { add, argMax, mul, sub, sum, tidy, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { detached } from "./detached.ts";
import { argMaxOf, exclusion, mapRows, trueClass, oneHotRows } from "./logit-rows.ts";

/**
 * The margin of the true class over the best other: z_y - max_{j != y} z_j. Positive where the prediction is right.
 *
 * At a tie between other classes the lowest one carries the gradient.
 *
 * @param logits - `[batch, classes]`, two classes or more.
 * @param labels - `[batch]`, int32.
 * @returns `[batch]`; the caller disposes it.
 * @throws LtuError `SHAPE`.
 */
export function margin(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return tidy(() => {
    const truth = trueClass("margin", logits, labels);
    const rival = detached(add(logits, mul(truth, exclusion)), (x) =>
      oneHotRows(argMax(x, 1), logits.shape[1]),
    );
    return sum(mul(logits, sub(truth, rival)), 1) as Tensor1D;
  });
}

/** {@link margin} of model outputs read back, in float64. */
export function marginFloat64(predictions: Predictions): Float64Array {
  return mapRows(predictions, 1, (row, label, write) =>
    write((row[label] as number) - (row[argMaxOf(row, label)] as number)),
  );
}
