import { LtuError, type Unlearner } from "@ltu/core";
import type { EpochPlan } from "@ltu/train";

import { checkRequest, checkRetainAccess } from "./check-request.ts";
import { drawLabels } from "./draw-labels.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "./from-original.ts";

/** Options of {@link randomLabels}. */
export interface RandomLabelsOptions extends FromOriginalOptions {
  /**
   * `"sequential"` (default): each epoch a pass over D_f, then one over D_r. `"mixed"`: one shuffled pass over both.
   */
  readonly order?: "sequential" | "mixed";
  /** Draw only wrong labels; default false, so that a label is the true one with chance 1 / classes. */
  readonly excludeTrueLabel?: boolean;
}

/**
 * Random labels (RL): from the original weights, training on the forget set with labels drawn uniformly from all
 * classes, and on the retained data with true labels:
 *
 * min over theta of E_{D_f, y' uniform} CE(x, y') + E_{D_r} CE(x, y).
 *
 * Labels are drawn anew for every epoch, one for each sample. The number of classes is that of the data.
 *
 * @param options - Default: sequential, 10 epochs, batch 256, rate 0.01, momentum 0.9, weight decay 5e-4, augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names.
 * @throws LtuError `OPTION` for an unknown option or a value out of range.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/RL.py`; `excludeTrueLabel` is the form of
 * SalUn's equation (6). Differs from the source in the class count, which there is an option that says 10.
 */
export function randomLabels(options: RandomLabelsOptions = {}): Unlearner {
  const name = "random-labels";
  const { order = "sequential", excludeTrueLabel = false, retainAccess = "full", ...given } = options;
  const wrong = (expected: string, found: unknown): LtuError =>
    new LtuError(
      "OPTION",
      `${name}: expected ${expected}, found ${JSON.stringify(found)}; correct the option.`,
    );
  if (order !== "sequential" && order !== "mixed") throw wrong('order to be "sequential" or "mixed"', order);
  if (typeof excludeTrueLabel !== "boolean")
    throw wrong("excludeTrueLabel to be true or false", excludeTrueLabel);
  const alsoKnown = ["order", "excludeTrueLabel", "retainAccess"];
  const recipe = recipeFromOriginal(name, given, { alsoKnown });
  const needs = {
    forget: true,
    retain: checkRetainAccess(name, retainAccess),
    val: false,
    attackData: false,
  } as const;
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: { ...recipe, order, excludeTrueLabel, retainAccess },
    unlearn: async (request) => {
      const { forgetSet, retained } = await checkRequest(name, needs, request);
      const { classes } = request.batches;
      const plan: EpochPlan = (_epoch, epochRng) => {
        const label = drawLabels(forgetSet.length, { classes, excludeTrueLabel, rng: epochRng });
        const forget = { indexes: forgetSet, label };
        const retain = { indexes: retained };
        return order === "sequential" ? [[forget], [retain]] : [[forget, retain]];
      };
      return fitRequest(request, {
        data: plan,
        recipe,
        rng: request.rng,
        task: name,
        weights: request.original,
      });
    },
  };
}
