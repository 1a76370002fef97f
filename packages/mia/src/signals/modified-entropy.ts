import {
  add,
  argMax,
  exp,
  expandDims,
  log,
  maximum,
  mul,
  neg,
  sigmoid,
  softplus,
  sub,
  sum,
  tidy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { detached } from "./detached.ts";
import { logProbabilities } from "./log-probabilities.ts";
import { argMaxOf, fromTop, logOddsOf, logSumExpOf, mapRows, trueClass, oneHotRows } from "./logit-rows.ts";
import { softplusFloat64 } from "./loss.ts";
import { phi } from "./phi.ts";
import type { ClampOptions } from "./true-probability.ts";

/**
 * Modified entropy, which is low only for a confident and right prediction:
 *
 * M = -(1 - p_y) log p_y - sum_{j != y} p_j log(1 - p_j)
 *
 * log(1 - p_j) of the largest class comes from the other logits; the others have p_j of at most one half, where
 * 1 - p_j keeps its digits.
 *
 * @param logits - `[batch, classes]`.
 * @param labels - `[batch]`, int32.
 * @param options - `clamp`: smallest argument of a logarithm (weights are not clamped), 0 by default: none is needed.
 * @returns `[batch]`, 0 or more; the caller disposes it.
 * @throws LtuError `SHAPE`.
 *
 * Source: Song and Mittal, Systematic Evaluation of Privacy Risks, 2021, eq. 11 (code clamps at 1e-30). The release
 * of SalUn has another formula under this name, which takes log p for log(1 - p) and mixes rows; it is not followed.
 */
export function modifiedEntropy(
  logits: Tensor2D,
  labels: Tensor1D,
  { clamp = 0 }: ClampOptions = {},
): Tensor1D {
  return tidy(() => {
    const floored = (logProbability: Tensor): Tensor =>
      clamp === 0 ? logProbability : maximum(logProbability, Math.log(clamp));
    const truth = trueClass("modifiedEntropy", logits, labels);
    const probabilities = exp(logProbabilities(logits));
    const largest = detached(logits, (x) => argMax(x, 1)) as Tensor1D;
    const top = oneHotRows(largest, logits.shape[1]);
    const own = phi(logits, labels);
    const ofTop = neg(softplus(phi(logits, largest)));
    const ofOthers = log(sub(1, mul(probabilities, sub(1, top))));
    const logRest = add(mul(floored(ofOthers), sub(1, top)), mul(expandDims(floored(ofTop), 1), top));
    const wrong = sum(mul(mul(probabilities, sub(1, truth)), logRest), 1);
    const right = mul(sigmoid(neg(own)), floored(neg(softplus(neg(own)))));
    return neg(add(right, wrong)) as Tensor1D;
  });
}

/** {@link modifiedEntropy} of model outputs read back, in float64. */
export function modifiedEntropyFloat64(
  predictions: Predictions,
  { clamp = 0 }: ClampOptions = {},
): Float64Array {
  const floor = Math.log(clamp);
  return mapRows(predictions, 1, (logits, label, write) => {
    const row = fromTop(logits);
    const total = logSumExpOf(row);
    const top = argMaxOf(row);
    const own = logOddsOf(row, label);
    let value = Math.max(-softplusFloat64(-own), floor) / (1 + Math.exp(own));
    for (let j = 0; j < row.length; j++) {
      if (j === label) continue;
      const probability = Math.exp((row[j] as number) - total);
      const logRest = j === top ? logSumExpOf(row, j) - total : Math.log1p(-probability);
      value += probability * Math.max(logRest, floor);
    }
    write(-value);
  });
}
