import type { IndexSet, Predictions } from "@ltu/core";

/** Outputs of a model, and which samples they belong to. */
export interface SampleOutputs extends Predictions {
  /** Indexes in the data set, in the order of the rows; needed by attacks that compare with reference models. */
  readonly indexes?: IndexSet | undefined;
}

/** The outputs of some samples, in the order of `rows`. */
export function takeRows<Outputs extends SampleOutputs & { readonly reference?: Float64Array | undefined }>(
  outputs: Outputs,
  rows: Int32Array,
): Outputs {
  const { logits, labels, classes, indexes, reference } = outputs;
  const taken = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => taken.set(logits.subarray(row * classes, (row + 1) * classes), i * classes));
  return {
    ...outputs,
    logits: taken,
    labels: rows.map((row) => labels[row] as number),
    ...(indexes === undefined ? {} : { indexes: rows.map((row) => indexes[row] as number) }),
    ...(reference === undefined
      ? {}
      : { reference: Float64Array.from(rows, (row) => reference[row] as number) }),
  };
}
