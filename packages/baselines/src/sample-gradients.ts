import { tensor1d, tidy } from "@tensorflow/tfjs-core";

import { disposeParams, LtuError, valueAndGradient, type Params } from "@ltu/core";
import { createTurn, crossEntropy } from "@ltu/train";

import type { GradientPass } from "./accumulate-gradients.ts";

/**
 * The gradient of the cross-entropy of each sample alone, one after the other, at fixed weights.
 *
 * @returns Trees like the parameters; who takes one disposes it.
 * @throws LtuError `DIVERGED` naming the sample whose loss is not finite, `ABORTED` when the signal asks for it.
 */
export async function* sampleGradients({
  model,
  weights,
  batches,
  indexes,
  mode,
  augment,
  task,
  signal,
  onBatch,
}: Omit<GradientPass, "batchSize">): AsyncGenerator<Params, void, undefined> {
  const turn = createTurn(task, { signal });
  for (let i = 0; i < indexes.length; i++) {
    await turn();
    const { images, labels } = batches(indexes.slice(i, i + 1), { augment: augment?.split(i) });
    let made: ReturnType<typeof valueAndGradient>;
    try {
      made = tidy(() => {
        const label = tensor1d(labels, "int32");
        return valueAndGradient(
          (params) => crossEntropy(model.apply({ ...weights, params }, images, { mode }).logits, label),
          weights.params,
        ) as never;
      }) as unknown as typeof made;
    } finally {
      images.dispose();
    }
    const { value, gradient } = made;
    const [loss] = await value.data<"float32">().finally(() => value.dispose());
    if (!Number.isFinite(loss)) {
      disposeParams(gradient);
      throw new LtuError(
        "DIVERGED",
        `${task}: the loss must stay finite, found ${loss} at sample ${indexes[i]}; look at the original model and its data.`,
      );
    }
    onBatch?.(loss as number);
    yield gradient;
  }
}
