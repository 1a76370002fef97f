import { CholeskyDecomposition, Matrix } from "ml-matrix";

import type { Predictions, Rng } from "@ltu/core";

/** Labelled points, `[size, features]` row-major. */
export interface LabelledPoints {
  readonly x: Float64Array;
  readonly labels: Int32Array;
}

/** So many features beside the training points that a linear model learns its members by heart. */
export const features = 180;
export const classes = 4;
const separation = 1.5;
const scale = 8;
const ridge = 10;

/** Classes as Gaussian clouds around means that the stream decides. */
export function gaussianClasses(rng: Rng): (name: string, size: number) => LabelledPoints {
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

/** Some of the points, in the order of the rows. */
export function takePoints({ x, labels }: LabelledPoints, rows: ArrayLike<number>): LabelledPoints {
  const taken = new Float64Array(rows.length * features);
  const own = new Int32Array(rows.length);
  Array.from(rows).forEach((row, i) => {
    taken.set(x.subarray(row * features, (row + 1) * features), i * features);
    own[i] = labels[row] as number;
  });
  return { x: taken, labels: own };
}

/** Logits x W of a linear model with weights `[features, classes]`. */
export function outputsOf(weights: Float64Array, { x, labels }: LabelledPoints): Predictions {
  return { logits: Float32Array.from(logitsOf(weights, x)), labels, classes };
}

/**
 * Fits a linear classifier that knows its few points by heart: ridge regression on one-hot labels, its outputs taken as
 * logits on a larger scale.
 *
 * W = scale (X' X + ridge I)^-1 X' (Y - 1 / classes)
 */
export function trainLinear({ x, labels }: LabelledPoints): Float64Array {
  const gram = new Float64Array(features * features);
  const product = new Float64Array(features * classes);
  labels.forEach((label, i) => {
    const row = x.subarray(i * features, (i + 1) * features);
    for (let f = 0; f < features; f++) {
      const value = row[f] as number;
      for (let g = 0; g <= f; g++) {
        const k = f * features + g;
        gram[k] = (gram[k] as number) + value * (row[g] as number);
      }
      for (let j = 0; j < classes; j++) {
        const k = f * classes + j;
        product[k] = (product[k] as number) + scale * value * ((j === label ? 1 : 0) - 1 / classes);
      }
    }
  });
  for (let f = 0; f < features; f++) {
    gram[f * features + f] = (gram[f * features + f] as number) + ridge;
    for (let g = 0; g < f; g++) gram[g * features + f] = gram[f * features + g] as number;
  }
  const system = new CholeskyDecomposition(Matrix.from1DArray(features, features, gram));
  return Float64Array.from(system.solve(Matrix.from1DArray(features, classes, product)).to1DArray());
}

/** The norm of each point's own gradient, |p - y| |x|. */
export function linearGradientNorms(weights: Float64Array, points: LabelledPoints): Float64Array {
  const errors = errorsOf(weights, points);
  return Float64Array.from(points.labels, (_, i) => {
    const norm = (all: Float64Array, width: number): number =>
      Math.hypot(...all.subarray(i * width, (i + 1) * width));
    return norm(errors, classes) * norm(points.x, features);
  });
}

/** Soft-max probability minus one-hot label. */
function errorsOf(weights: Float64Array, { x, labels }: LabelledPoints): Float64Array {
  const errors = logitsOf(weights, x);
  labels.forEach((label, i) => {
    const row = errors.subarray(i * classes, (i + 1) * classes);
    const top = Math.max(...row);
    let total = 0;
    for (let j = 0; j < classes; j++) {
      row[j] = Math.exp((row[j] as number) - top);
      total += row[j] as number;
    }
    for (let j = 0; j < classes; j++) row[j] = (row[j] as number) / total - (j === label ? 1 : 0);
  });
  return errors;
}

function logitsOf(weights: Float64Array, x: Float64Array): Float64Array {
  const size = x.length / features;
  const logits = new Float64Array(size * classes);
  for (let i = 0; i < size; i++) {
    for (let f = 0; f < features; f++) {
      const value = x[i * features + f] as number;
      for (let j = 0; j < classes; j++) {
        const k = i * classes + j;
        logits[k] = (logits[k] as number) + value * (weights[f * classes + j] as number);
      }
    }
  }
  return logits;
}
