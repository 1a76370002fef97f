import {
  concat,
  dispose,
  reshape,
  slice,
  sqrt,
  sum,
  square,
  tensor1d,
  tidy,
  type Scalar,
  type Tensor1D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";

import { LtuError, softmaxCrossEntropy, valueAndGradient, type ModelWeights, type Params } from "@ltu/core";

import type { ModelQuery } from "./model-queries.ts";

/** Options of {@link gradientNorms}. */
export interface GradientNormsOptions {
  /** Parameters to differentiate with respect to, by name; all by default. One layer alone is the attack of that layer. */
  readonly parameters?: (name: string) => boolean;
  /** Samples whose norms are read back together; 64 by default. */
  readonly batchSize?: number;
}

/**
 * The norm of the gradient of each sample's own loss with respect to the parameters: ||d loss(x, y) / d theta||.
 * Evaluation mode, evaluation transform. One forward and one backward pass a sample, one sample at a time.
 *
 * @returns `[samples]`; nothing to dispose.
 * @throws LtuError `OPTION` when no parameter is chosen, `DATA` for a norm that is not finite, `ABORTED`.
 */
export async function gradientNorms(
  { model, weights, batches, indexes, signal }: ModelQuery,
  { parameters = () => true, batchSize = 64 }: GradientNormsOptions = {},
): Promise<Float64Array> {
  const chosen = Object.keys(weights.params).filter((name) => parameters(name));
  if (chosen.length === 0) {
    throw new LtuError(
      "OPTION",
      `gradientNorms: expected a parameter to differentiate by, found none of ${Object.keys(weights.params).join(", ")}; choose one.`,
    );
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new LtuError(
      "OPTION",
      `gradientNorms: batchSize must be a whole number of at least 1, found ${batchSize}; change it.`,
    );
  }
  const norms = new Float64Array(indexes.length);
  for (let start = 0; start < indexes.length; start += batchSize) {
    if (signal?.aborted === true)
      throw new LtuError("ABORTED", `gradientNorms: stopped after ${start} samples.`);
    const batch = batches(indexes.slice(start, start + batchSize));
    const own: Tensor1D[] = [];
    try {
      batch.labels.forEach((label, i) => {
        own.push(normOf(weights, chosen, batch.images, { i, label, apply: model.apply.bind(model) }));
      });
      const all = tidy(() => concat(own));
      try {
        norms.set(await all.data(), start);
      } finally {
        all.dispose();
      }
    } finally {
      dispose(own);
      batch.images.dispose();
    }
  }
  const broken = norms.findIndex((norm) => !Number.isFinite(norm));
  if (broken >= 0) {
    throw new LtuError(
      "DATA",
      `gradientNorms: norms must be finite, found ${norms[broken]} at sample ${broken}; the model has diverged, train it again.`,
    );
  }
  return norms;
}

function normOf(
  weights: ModelWeights,
  chosen: readonly string[],
  images: Tensor4D,
  { i, label, apply }: { i: number; label: number; apply: ModelQuery["model"]["apply"] },
): Tensor1D {
  return tidy(() => {
    const image: Tensor4D = slice(images, [i, 0, 0, 0], [1, -1, -1, -1]);
    const y = tensor1d([label], "int32");
    const wanted: Params = Object.fromEntries(chosen.map((name) => [name, weights.params[name] as Tensor4D]));
    const lossAt = (params: Params): Scalar => {
      const at = { ...weights, params: { ...weights.params, ...params } };
      return sum(softmaxCrossEntropy(apply(at, image, { mode: "eval" }).logits, y));
    };
    const { gradient } = valueAndGradient(lossAt, wanted);
    const squares = Object.values(gradient).map((part) => reshape(sum(square(part)), [1]) as Tensor1D);
    return sqrt(sum(concat(squares), 0, true)) as Tensor1D;
  });
}
