import { disposeParams, type Unlearner } from "@ltu/core";
import { resolveRecipe, type Recipe } from "@ltu/train";

import { checkRequest } from "./check-request.ts";
import { fitRequest } from "./from-original.ts";

/** The recipe that trained the original model. */
export type RetrainOptions = Partial<Recipe>;

/** 182 epochs, batch 256, rate 0.1 divided by 10 at epochs 91 and 136. */
const defaults: Recipe = {
  epochs: 182,
  batchSize: 256,
  schedule: { name: "step-decay", lr: 0.1, milestones: [91 / 182, 136 / 182] },
  weightDecay: 5e-4,
  augment: true,
};

/**
 * Retraining without the forget set: fresh weights from `rng.split("init")`, trained on all of D_r by the recipe of
 * the original. The reference to which every gap is measured.
 *
 * @param options - The recipe that trained the original; default: 182 epochs, batch 256, rate 0.1 x 0.1 at epochs 91
 *   and 136, momentum 0.9, weight decay 5e-4, augmented.
 * @returns An unlearner that needs all of D_r.
 * @throws LtuError `OPTION` for an unknown option or a value out of range.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/retrain.py`, `arg_parser.py`.
 */
export function retrain(options: RetrainOptions = {}): Unlearner {
  const name = "retrain";
  const recipe = resolveRecipe(name, options, { defaults });
  const needs = { forget: false, retain: "full", val: false, attackData: false } as const;
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: { ...recipe },
    unlearn: async (request) => {
      const { retained } = await checkRequest(name, needs, request);
      const fresh = request.model.init(request.rng.split("init"));
      try {
        return await fitRequest(request, {
          data: retained,
          recipe,
          rng: request.rng.split("fit"),
          task: name,
          weights: fresh,
        });
      } finally {
        [fresh.params, fresh.stats].forEach(disposeParams);
      }
    },
  };
}
