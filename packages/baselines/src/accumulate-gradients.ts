import { tensor1d, tidy, zerosLike, type Tensor } from "@tensorflow/tfjs-core";

import {
  disposeParams,
  LtuError,
  mapParams,
  valueAndGradient,
  zipParams,
  type BatchSource,
  type ForwardMode,
  type IndexSet,
  type Model,
  type ModelWeights,
  type Params,
  type Rng,
} from "@ltu/core";
import { createTurn, crossEntropy } from "@ltu/train";

/** A pass over some samples in which the weights stay. */
export interface GradientPass {
  readonly model: Model;
  readonly weights: ModelWeights;
  readonly batches: BatchSource;
  /** Visited in this order, the last partial batch kept. */
  readonly indexes: IndexSet;
  readonly batchSize: number;
  /** How batch norm behaves; its running statistics stay in either mode. */
  readonly mode: Exclude<ForwardMode, "train">;
  /** The stream of the training augmentation; without it, the evaluation transform. */
  readonly augment?: Rng | undefined;
  /** The name of the work in messages. */
  readonly task: string;
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch with its loss. */
  readonly onBatch?: ((loss: number) => void) | undefined;
}

/**
 * The gradients of the mean cross-entropy of consecutive batches at fixed weights, folded into one tree: from zero,
 * `fold(sum, gradient, size)` for each parameter and batch of `size` samples.
 *
 * @returns The folded tree; the caller disposes it.
 * @throws LtuError `DIVERGED` naming the batch whose loss is not finite, `ABORTED` when the signal asks for it.
 */
export async function accumulateGradients(
  { model, weights, batches, indexes, batchSize, mode, augment, task, signal, onBatch }: GradientPass,
  fold: (sum: Tensor, gradient: Tensor, size: number) => Tensor,
): Promise<Params> {
  const turn = createTurn(task, { signal });
  let sum = mapParams(weights.params, (tensor) => zerosLike(tensor));
  try {
    for (let start = 0; start < indexes.length; start += batchSize) {
      await turn();
      const batch = batches(indexes.slice(start, start + batchSize), {
        augment: augment?.split(start / batchSize),
      });
      const before = sum;
      let loss: number | undefined;
      try {
        const { next, value } = tidy(() => {
          const labels = tensor1d(batch.labels, "int32");
          const step = valueAndGradient(
            (params) =>
              crossEntropy(model.apply({ ...weights, params }, batch.images, { mode }).logits, labels),
            weights.params,
          );
          const folded = zipParams([before, step.gradient], ([a, b]) =>
            fold(a as Tensor, b as Tensor, batch.labels.length),
          );
          return { next: folded, value: step.value } as never;
        }) as unknown as { readonly next: Params; readonly value: Tensor };
        sum = next;
        disposeParams(before);
        [loss] = await value.data<"float32">().finally(() => value.dispose());
      } finally {
        batch.images.dispose();
      }
      if (!Number.isFinite(loss)) {
        throw new LtuError(
          "DIVERGED",
          `${task}: the loss must stay finite, found ${loss} in batch ${start / batchSize + 1}; look at the original model and its data.`,
        );
      }
      onBatch?.(loss as number);
    }
    return sum;
  } catch (error) {
    disposeParams(sum);
    throw error;
  }
}
