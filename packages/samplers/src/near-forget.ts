import { LtuError, type IndexSet } from "@ltu/core";

import { checkCount } from "./check-request.ts";
import type { SamplerOptions } from "./sampler.ts";
import { smallestKeys } from "./smallest-keys.ts";

/**
 * Takes the candidates that are nearest to the samples to forget.
 *
 * The distance of a candidate is its smallest cosine distance to a support sample, 1 - max_s <f, f_s> / (|f| |f_s|); the
 * `count` smallest are taken, equal ones in the order of the candidates. Features of length zero are at distance 1 from
 * everything. Nothing is drawn from the stream. It costs candidates x support x width multiplications.
 *
 * @returns `count` indexes, the nearest first.
 * @throws LtuError `OPTION` when there are fewer candidates than asked, `DATA` for features or support samples that are
 * missing or not finite.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { nearForget } from "@ltu/samplers";
 *
 * // Sample 3 is to be forgotten; 2 points the same way, 1 is at 45 degrees, 0 at 90.
 * const features = Float32Array.of(0, 1, 1, 1, 5, 0, 2, 0);
 * const statistics = { labels: [0, 0, 0, 0], features, featureWidth: 2, support: Int32Array.of(3) };
 * const near = nearForget(Int32Array.of(0, 1, 2), 2, { rng: createRng(1), statistics });
 * console.log(near); // → Int32Array(2) [ 2, 1 ]
 * ```
 */
export function nearForget(candidates: IndexSet, count: number, { statistics }: SamplerOptions): IndexSet {
  checkCount("nearForget", candidates, count);
  const { features, featureWidth: width, support } = statistics;
  if (features === undefined || width === undefined || !Number.isInteger(width) || width < 1) {
    throw missing(`features and a featureWidth of at least 1`, `featureWidth ${width}`);
  }
  if (support === undefined || support.length === 0) {
    throw missing("support with at least one sample to forget", "none");
  }
  const units = unitVectors(features, support, width);
  const nearest = smallestKeys(count);
  const rows = new Float64Array(tile * width);
  const scales = new Float64Array(tile);
  for (let start = 0; start < candidates.length; start += tile) {
    const size = Math.min(tile, candidates.length - start);
    for (let t = 0; t < size; t++) {
      const row = rows.subarray(t * width, (t + 1) * width);
      readRow(features, candidates[start + t] as number, row);
      scales[t] = inverseLength(row);
    }
    const products = largestProducts(rows, units, width);
    for (let t = 0; t < size; t++) {
      nearest.offer(1 - (products[t] as number) * (scales[t] as number), start + t);
    }
  }
  return nearest.values().map((i) => candidates[i] as number);
}

/** Candidates that are compared with four support samples while these are in the fastest cache. */
const tile = 16;

/**
 * Unit vectors of the support, four side by side: feature k of all four, then feature k + 1. The last four are filled up
 * with the first sample, which changes no maximum.
 */
function unitVectors(features: Float32Array, support: IndexSet, width: number): Float64Array {
  const blocks = Math.ceil(support.length / 4);
  const units = new Float64Array(4 * blocks * width);
  const row = new Float64Array(width);
  for (let s = 0; s < 4 * blocks; s++) {
    readRow(features, support[s < support.length ? s : 0] as number, row);
    const scale = inverseLength(row);
    const start = (s >> 2) * width * 4 + (s & 3);
    for (let k = 0; k < width; k++) units[start + 4 * k] = (row[k] as number) * scale;
  }
  return units;
}

/** For each of `tile` rows the largest inner product with any unit vector. */
function largestProducts(rows: Float64Array, units: Float64Array, width: number): Float64Array {
  const largest = new Float64Array(tile).fill(Number.NEGATIVE_INFINITY);
  for (let block = 0; block < units.length; block += 4 * width) {
    for (let t = 0; t < tile; t += 2) {
      // Two candidates by four support samples: each number that is read serves several products.
      const first = t * width;
      const second = first + width;
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let k = 0; k < width; k++) {
        const a = rows[first + k] as number;
        const b = rows[second + k] as number;
        const at = block + 4 * k;
        const u0 = units[at] as number;
        const u1 = units[at + 1] as number;
        const u2 = units[at + 2] as number;
        const u3 = units[at + 3] as number;
        a0 += a * u0;
        a1 += a * u1;
        a2 += a * u2;
        a3 += a * u3;
        b0 += b * u0;
        b1 += b * u1;
        b2 += b * u2;
        b3 += b * u3;
      }
      largest[t] = Math.max(largest[t] as number, a0, a1, a2, a3);
      largest[t + 1] = Math.max(largest[t + 1] as number, b0, b1, b2, b3);
    }
  }
  return largest;
}

/** Copies a sample's features to `row`. */
function readRow(features: Float32Array, index: number, row: Float64Array): void {
  const start = index * row.length;
  for (let k = 0; k < row.length; k++) {
    const value = features[start + k];
    if (value === undefined || !Number.isFinite(value)) {
      throw missing("finite features of every candidate and support sample", `${value} at index ${index}`);
    }
    row[k] = value;
  }
}

/** 1 / |v|, or 0 for a vector of length zero. */
function inverseLength(vector: Float64Array): number {
  let squares = 0;
  for (let k = 0; k < vector.length; k++) squares += (vector[k] as number) ** 2;
  return squares === 0 ? 0 : 1 / Math.sqrt(squares);
}

function missing(expected: string, found: string): LtuError {
  return new LtuError(
    "DATA",
    `nearForget: statistics must hold ${expected}, found ${found}; compute the features of the original model once and name the support batch.`,
  );
}
