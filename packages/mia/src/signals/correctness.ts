import type { Predictions } from "@ltu/core";

import { argMaxOf, mapRows } from "./logit-rows.ts";

/**
 * 1 where the prediction is the true class, else 0; the lowest class is predicted on ties. Not differentiable, so it
 * is a signal of evaluators only; feedback reads the margin instead.
 *
 * Source: Yeom et al., Privacy Risk in Machine Learning, 2018 (the gap attack).
 */
export function correctnessFloat64(predictions: Predictions): Float64Array {
  return mapRows(predictions, 1, (row, label, write) => write(argMaxOf(row) === label ? 1 : 0));
}
