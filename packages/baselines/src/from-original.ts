import {
  disposeParams,
  LtuError,
  type ModelWeights,
  type RetainAccess,
  type UnlearnRequest,
  type UnlearnResult,
} from "@ltu/core";
import { checkedBatches, fit, type FitRequest, type Recipe, resolveRecipe } from "@ltu/train";

/** What every method that trains on from the original weights lets its user choose. */
export interface FromOriginalOptions {
  /** Passes over the method's data; default 10. */
  readonly epochs?: number;
  /** Images in a step; default 256. */
  readonly batchSize?: number;
  /** Learning rate; default 0.01. */
  readonly lr?: number;
  /** `"constant"` (default), or `"cosine"` from `lr` to 0. */
  readonly schedule?: "constant" | "cosine";
  /** Default 0.9. */
  readonly momentum?: number;
  /** Default 5e-4. */
  readonly weightDecay?: number;
  /** Whether the training augmentation of the data is applied, where it has one; default true. */
  readonly augment?: boolean;
  /** All of D_r (default), or its accessible share. */
  readonly retainAccess?: RetainAccess;
}

/**
 * The recipe that flat options describe: 10 epochs, batch 256, SGD with rate 0.01, momentum 0.9 and weight decay
 * 5e-4 unless they say otherwise.
 *
 * @param method - The method's name, for messages.
 * @param alsoKnown - Options that the method has beside these, for messages.
 * @throws LtuError `OPTION` for an unknown option or a value out of range.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/impl.py` and `arg_parser.py`.
 */
export function recipeFromOriginal(
  method: string,
  options: Omit<FromOriginalOptions, "retainAccess">,
  { alsoKnown }: { readonly alsoKnown: readonly string[] },
): Recipe {
  const { lr = 0.01, schedule = "constant", momentum = 0.9, ...rest } = options;
  return resolveRecipe(
    method,
    { ...rest, schedule: { name: schedule, lr, momentum } },
    {
      defaults: {
        epochs: 10,
        batchSize: 256,
        schedule: { name: "constant", lr: 0.01 },
        weightDecay: 5e-4,
        augment: true,
      },
      alsoKnown: ["lr", "momentum", ...alsoKnown],
    },
  );
}

/**
 * Trains on with a method's data and recipe, passing on what the request brings.
 *
 * @throws LtuError as `fit` does, and `DIVERGED` when the weights after the last step are not finite.
 */
export async function fitRequest(
  request: UnlearnRequest,
  work: Pick<
    FitRequest,
    "data" | "recipe" | "rng" | "objective" | "optimizer" | "mode" | "prepare" | "settings"
  > & {
    readonly task: string;
    readonly weights: ModelWeights;
  },
): Promise<UnlearnResult> {
  const { model, onProgress, signal, checkpoint } = request;
  const batches = checkedBatches(work.task, request.batches);
  const result = await fit({ ...work, model, batches, onProgress, signal, checkpoint });
  await checkTrained(work.task, result);
  return { ...result, model };
}

/** The loss is read before each step, so only this sees what the last one did; broken weights are released. */
export async function checkTrained(
  task: string,
  { weights, cost }: Pick<UnlearnResult, "weights" | "cost">,
  remedy = "lower the learning rate",
): Promise<void> {
  for (const [name, tensor] of Object.entries({ ...weights.params, ...weights.stats })) {
    const found = (await tensor.data<"float32">()).find((value) => !Number.isFinite(value));
    if (found === undefined) continue;
    [weights.params, weights.stats].forEach(disposeParams);
    throw new LtuError(
      "DIVERGED",
      `${task}: the weights must stay finite, found ${found} in ${name} after step ${cost.steps} of ${cost.steps}; ${remedy}.`,
    );
  }
}
