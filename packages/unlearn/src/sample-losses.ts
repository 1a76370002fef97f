import type { Predictions } from "@ltu/core";

/**
 * The cross-entropy of each sample, in float64: logsumexp(z) - z_y.
 *
 * @returns `[size]`, in the order of the predictions.
 */
export function sampleLosses({ logits, labels, classes }: Predictions): Float64Array {
  return Float64Array.from(labels, (label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const sum = row.reduce((total, z) => total + Math.exp(z - largest), 0);
    // Rounding may leave a negative zero's worth below 0.
    return Math.max(0, largest + Math.log(sum) - (row[label] as number));
  });
}
