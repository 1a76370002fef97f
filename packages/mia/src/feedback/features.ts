import { concat, div, sub, tidy, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";

import type { Predictions } from "@ltu/core";

import { signals, type SignalName } from "../signals/signals.ts";

/** How features are brought to mean 0 and standard deviation 1, from the samples that fitted the attack. */
export interface FeatureScaling {
  readonly mean: readonly number[];
  /** Standard deviation (ddof 0); 1 for a feature that does not vary. */
  readonly spread: readonly number[];
}

/** Numbers for each sample that the signals give together. */
export function featureWidth(names: readonly SignalName[], classes: number): number {
  return names.reduce((total, name) => total + signals[name].width(classes), 0);
}

/** The signals of each sample side by side, `[samples, width]` row-major, in float64. */
export function featuresFloat64(names: readonly SignalName[], predictions: Predictions): Float64Array {
  const width = featureWidth(names, predictions.classes);
  const features = new Float64Array(predictions.labels.length * width);
  let column = 0;
  for (const name of names) {
    const part = signals[name].width(predictions.classes);
    const values = signals[name].float64(predictions);
    values.forEach((value, i) => {
      features[Math.floor(i / part) * width + column + (i % part)] = value;
    });
    column += part;
  }
  return features;
}

/** Mean and standard deviation of each feature over the rows named by `rows`. */
export function fitScaling(features: Float64Array, width: number, rows: Int32Array): FeatureScaling {
  const columns = Array.from({ length: width }, (_, c) =>
    Float64Array.from(rows, (row) => features[row * width + c] as number),
  );
  const mean = columns.map((column) => meanOf(column));
  const spread = columns.map((column, c) => {
    const deviation = Math.sqrt(meanOf(column.map((value) => (value - (mean[c] as number)) ** 2)));
    return deviation > 0 ? deviation : 1;
  });
  return { mean, spread };
}

/** (features - mean) / spread, in float64. */
export function scaleFloat64(features: Float64Array, { mean, spread }: FeatureScaling): Float64Array {
  return features.map((value, i) => {
    const c = i % mean.length;
    return (value - (mean[c] as number)) / (spread[c] as number);
  });
}

/** Scaled features as a tensor `[batch, width]`, differentiable in the logits; the caller disposes it. */
export function scaledFeatures(
  names: readonly SignalName[],
  { mean, spread }: FeatureScaling,
  logits: Tensor2D,
  labels: Tensor1D,
): Tensor2D {
  return tidy(() => {
    const features = concat(
      names.map((name) => signals[name].tensor(logits, labels)),
      1,
    );
    return div(sub(features, [mean as number[]]), [spread as number[]]);
  });
}

/** The arithmetic mean. */
export function meanOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
