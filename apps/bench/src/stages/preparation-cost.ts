import type { ModelArtefact } from "./weights-artefact.ts";
import type { Experiment } from "../config.ts";

/** Images that pass through a model before a row can begin to unlearn: those its attacks are fitted on. */
export function preparationCost(
  { references, training }: Experiment,
  {
    counts,
    hasAttacks,
    hasReferences,
    hasDifficulty,
  }: {
    /** Images by set. */
    readonly counts: { readonly val: number; readonly accessibleRetain: number; readonly forget: number };
    readonly hasAttacks: boolean;
    readonly hasReferences: boolean;
    readonly hasDifficulty: boolean;
  },
): Pick<ModelArtefact["cost"], "imagesForward" | "imagesBackward"> {
  if (!hasAttacks) return { imagesForward: 0, imagesBackward: 0 };
  // The original's outputs on members and non-members.
  const fitted = counts.accessibleRetain + counts.val;
  const models = hasReferences ? references.models : 0;
  const trained =
    models * training.epochs * Math.ceil(references.share * counts.val) +
    (hasDifficulty ? training.epochs * counts.accessibleRetain : 0);
  const read = models * (fitted + counts.forget) + (hasDifficulty ? counts.val + counts.forget : 0);
  return { imagesForward: fitted + trained + read, imagesBackward: trained };
}
