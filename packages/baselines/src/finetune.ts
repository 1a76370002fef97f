import type { Unlearner } from "@ltu/core";

import { checkRequest, checkRetainAccess } from "./check-request.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "./from-original.ts";

/** Options of {@link finetune}. */
export type FinetuneOptions = FromOriginalOptions;

/**
 * Fine-tuning (FT): from the original weights, min over theta of E_{D_r} cross-entropy. The forget set is not read;
 * what is hoped for is that training on without it lets it fade.
 *
 * @param options - Default: 10 epochs, batch 256, rate 0.01, momentum 0.9, weight decay 5e-4, augmented.
 * @returns An unlearner that needs the retained data that `retainAccess` names.
 * @throws LtuError `OPTION` for an unknown option or a value out of range.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/FT.py`.
 */
export function finetune(options: FinetuneOptions = {}): Unlearner {
  const name = "finetune";
  const { retainAccess = "full", ...given } = options;
  const recipe = recipeFromOriginal(name, given, { alsoKnown: ["retainAccess"] });
  const needs = {
    forget: false,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  return {
    name,
    needs,
    expects: "free",
    options: { ...recipe, retainAccess },
    unlearn: async (request) => {
      const { retained } = await checkRequest(name, needs, request);
      return fitRequest(request, {
        data: retained,
        recipe,
        rng: request.rng,
        task: name,
        weights: request.original,
      });
    },
  };
}
