import type { Predictions, Rng } from "@ltu/core";

/** Labelled points, `[size, features]` row-major. */
export interface Points {
  readonly x: Float64Array;
  readonly labels: Int32Array;
}

/** Shape of the toy: more features than a class has points, so that a linear model learns its members by heart. */
export const features = 60;
export const classes = 4;
const separation = 1.6;

/** Classes as Gaussian clouds around means that a seed decides. */
export function gaussianClasses(rng: Rng): (name: string, size: number) => Points {
  const means = Array.from({ length: classes }, (_, k) =>
    rng.split(`mean/${k}`).normals(features, separation / Math.sqrt(features)),
  );
  return (name, size) => {
    const labels = Int32Array.from({ length: size }, (_, i) => i % classes);
    const noise = rng.split(name).normals(size * features);
    const x = Float64Array.from(noise, (z, k) => {
      const mean = means[labels[Math.floor(k / features)] as number] as Float32Array;
      return z + (mean[k % features] as number);
    });
    return { x, labels };
  };
}

/** Logits x W of a linear model with weights `[features, classes]`. */
export function outputsOf(weights: Float64Array, { x, labels }: Points): Predictions {
  const logits = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    for (let f = 0; f < features; f++) {
      const value = x[i * features + f] as number;
      for (let j = 0; j < classes; j++) {
        const k = i * classes + j;
        logits[k] = (logits[k] as number) + value * (weights[f * classes + j] as number);
      }
    }
  }
  return { logits, labels, classes };
}

/** The gradient of the weights, x^T g, from that of the logits. */
export function weightGradient({ x, labels }: Points, logitGradient: ArrayLike<number>): Float64Array {
  const gradient = new Float64Array(features * classes);
  for (let i = 0; i < labels.length; i++) {
    for (let f = 0; f < features; f++) {
      for (let j = 0; j < classes; j++) {
        const k = f * classes + j;
        gradient[k] =
          (gradient[k] as number) +
          (x[i * features + f] as number) * (logitGradient[i * classes + j] as number);
      }
    }
  }
  return gradient;
}

/** The gradient of the mean cross-entropy with respect to the logits, (p - y) / n. */
export function crossEntropyGradient({ logits, labels }: Predictions): Float64Array {
  const gradient = new Float64Array(logits.length);
  labels.forEach((label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const top = Math.max(...row);
    const powers = Array.from(row, (z) => Math.exp(z - top));
    const total = powers.reduce((a, b) => a + b, 0);
    powers.forEach((power, j) => {
      gradient[i * classes + j] = (power / total - (j === label ? 1 : 0)) / labels.length;
    });
  });
  return gradient;
}

/** weights - rate x sum of gradients. */
export function stepDown(
  weights: Float64Array,
  rate: number,
  gradients: readonly Float64Array[],
): Float64Array {
  return weights.map((w, k) =>
    gradients.reduce((value, gradient) => value - rate * (gradient[k] as number), w),
  );
}
