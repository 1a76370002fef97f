import type { Unlearner } from "@ltu/core";

import { checkRequest } from "./check-request.ts";
import {
  resolveRandomLabelTraining,
  trainOnRandomLabels,
  type RandomLabelTrainingOptions,
} from "./random-label-training.ts";

/** Options of {@link randomLabels}. */
export type RandomLabelsOptions = RandomLabelTrainingOptions;

/**
 * Random labels (RL): from the original weights, training on the forget set with labels drawn uniformly from all
 * classes, and on the retained data with true labels:
 *
 * min over theta of E_{D_f, y' uniform} CE(x, y') + E_{D_r} CE(x, y).
 *
 * Labels are drawn anew for every epoch, one for each sample. The number of classes is that of the data. With
 * `anchorWeight` the logits of retained samples are held to those of the original model.
 *
 * @param options - Default: sequential, no anchor, 10 epochs, batch 256, rate 0.01, momentum 0.9, weight decay 5e-4,
 *   augmented.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names.
 * @throws LtuError `OPTION` for an unknown option or a value out of range.
 *
 * Source: OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/unlearn/RL.py`; `excludeTrueLabel` is the form of
 * SalUn's equation (6). Differs from the source in the class count, which there is an option that says 10; the anchor
 * is ours.
 */
export function randomLabels(options: RandomLabelsOptions = {}): Unlearner {
  return randomLabelsNamed("random-labels", options);
}

/** Random labels under the name of a row. */
export function randomLabelsNamed(name: string, options: RandomLabelsOptions): Unlearner {
  const training = resolveRandomLabelTraining(name, options);
  const { recipe, ...rest } = training;
  const needs = { forget: true, retain: training.retainAccess, val: false, attackData: false } as const;
  return {
    name,
    needs,
    expects: "forgetLossRises",
    options: { ...recipe, ...rest },
    unlearn: async (request) => {
      const sets = await checkRequest(name, needs, request);
      return trainOnRandomLabels(request, sets, { task: name, training });
    },
  };
}
