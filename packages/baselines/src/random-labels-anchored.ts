import type { Unlearner } from "@ltu/core";

import { randomLabelsNamed, type RandomLabelsOptions } from "./random-labels.ts";

/** Options of {@link randomLabelsAnchored}. */
export type RandomLabelsAnchoredOptions = RandomLabelsOptions;

/**
 * Random labels with an anchor: {@link randomLabels}, where the logits of retained samples are held to those of the
 * original model,
 *
 * min over theta of E_{D_f, y' uniform} CE(x, y') + E_{D_r} [CE(x, y) + anchorWeight mean_c (z_c - z_c(theta_o))^2].
 *
 * It has LTU's anchor and nothing else of it, so it shows how much of LTU's lead the anchor alone gives.
 *
 * @param options - As of `randomLabels`, but `anchorWeight` is 4 by default, as in LTU's set `initial`.
 * @returns An unlearner that needs the forget set and the retained data that `retainAccess` names.
 * @throws LtuError `OPTION` for an unknown option or a value out of range.
 */
export function randomLabelsAnchored(options: RandomLabelsAnchoredOptions = {}): Unlearner {
  const { anchorWeight = 4, ...rest } = options;
  return randomLabelsNamed("random-labels-anchored", { ...rest, anchorWeight });
}
