import { disposeParams, type BatchSource, type Unlearner } from "@ltu/core";
import { checkedBatches } from "@ltu/train";

import { checkChoice } from "./check-choice.ts";
import { checkRequest } from "./check-request.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "./from-original.ts";
import { dropLastClass, widenClasses } from "./widen-classes.ts";

/** Options of {@link boundaryExpanding}. */
export interface BoundaryExpandingOptions extends Omit<FromOriginalOptions, "retainAccess"> {
  /**
   * Whether the extra class is cut off at the end; default true. With false the result's model has C + 1 classes, and
   * a prediction of the extra one counts as wrong.
   */
  readonly dropShadow?: boolean;
}

/**
 * Boundary expanding (BE): the last linear layer grows from C to C + 1 outputs, the old ones copied, the new one (the
 * shadow class) initialised as the model does it from `rng.split("shadow")`; then all weights are trained to call
 * every sample to forget the shadow class:
 *
 * min over theta of E_{D_f} CE over C + 1 logits of (x, y' = C), classes counted from 0.
 *
 * @param options - Default: the shadow class is dropped, 10 epochs, batch 256, rate 1e-5, momentum 0.9, weight decay
 *   5e-4, augmented.
 * @returns An unlearner that needs the forget set alone.
 * @throws LtuError `OPTION` for an unknown option or a value out of range; from the unlearner, `SHAPE` for a model
 *   whose other layers depend on the number of classes too.
 *
 * Source: Chen, Gao, Liu, Peng, Wang, "Boundary Unlearning", CVPR 2023, section 3.3; code of
 * OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/boundary_ex.py`, which keeps the extra class at
 * evaluation (`dropShadow: false`). *Differs from the source* in how the new output begins: as the model's own layers
 * (there always uniform within 1 / sqrt(inputs), in the first publication Xavier-normal).
 */
export function boundaryExpanding(options: BoundaryExpandingOptions = {}): Unlearner {
  const name = "boundary-expanding";
  const { dropShadow = true, lr = 1e-5, ...given } = options;
  checkChoice(name, "dropShadow", dropShadow, [true, false]);
  const recipe = recipeFromOriginal(name, { ...given, lr }, { alsoKnown: ["dropShadow"] });
  const needs = { forget: true, retain: "none", val: false, attackData: false } as const;
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: { ...recipe, dropShadow },
    unlearn: async (request) => {
      const { forgetSet } = await checkRequest(name, needs, request);
      const { model, original, rng } = request;
      const shadow = model.classes;
      const wide = widenClasses(name, { model, weights: original }, { rng: rng.split("shadow") });
      try {
        const result = await fitRequest(
          { ...request, model: wide.model, batches: withExtraClass(checkedBatches(name, request.batches)) },
          {
            data: () => [[{ indexes: forgetSet, label: () => shadow }]],
            recipe,
            rng: rng.split("fit"),
            task: name,
            weights: wide.weights,
          },
        );
        if (!dropShadow) return result;
        const weights = dropLastClass(name, { model, original }, result.weights);
        [result.weights.params, result.weights.stats].forEach(disposeParams);
        return { ...result, model, weights };
      } finally {
        [wide.weights.params, wide.weights.stats].forEach(disposeParams);
      }
    },
  };
}

/** The same batches, described as of one class more. */
function withExtraClass(batches: BatchSource): BatchSource {
  const { classes, imageShape } = batches;
  const widened: BatchSource = Object.assign((...request: Parameters<BatchSource>) => batches(...request), {
    imageShape,
    classes: classes + 1,
  });
  return widened;
}
