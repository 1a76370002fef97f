import { LtuError, type RetainAccess, type UnlearnRequest, type UnlearnResult } from "@ltu/core";
import type { EpochPlan, Optimizer, Recipe } from "@ltu/train";

import { anchorTo } from "./anchor.ts";
import { checkRetainAccess, type RequestedSets } from "./check-request.ts";
import { drawLabels } from "./draw-labels.ts";
import { fitRequest, recipeFromOriginal, type FromOriginalOptions } from "./from-original.ts";

/** What every method that trains with random labels lets its user choose. */
export interface RandomLabelTrainingOptions extends FromOriginalOptions {
  /**
   * `"sequential"` (default): each epoch a pass over D_f, then one over D_r. `"mixed"`: one shuffled pass over both.
   */
  readonly order?: "sequential" | "mixed";
  /** Draw only wrong labels; default false, so that a label is the true one with chance 1 / classes. */
  readonly excludeTrueLabel?: boolean;
  /**
   * How strongly the logits of retained samples are held to those of the original model; default 0, not at all.
   */
  readonly anchorWeight?: number;
}

/** The same with every default in its place; plain JSON. */
export interface RandomLabelTraining {
  readonly recipe: Recipe;
  readonly order: "sequential" | "mixed";
  readonly excludeTrueLabel: boolean;
  readonly anchorWeight: number;
  readonly retainAccess: RetainAccess;
}

/**
 * Options with every default in its place.
 *
 * @param alsoKnown - Options that the method has beside these, for messages.
 * @throws LtuError `OPTION` for an unknown option or a value out of range.
 */
export function resolveRandomLabelTraining(
  method: string,
  options: RandomLabelTrainingOptions,
  { alsoKnown = [] }: { readonly alsoKnown?: readonly string[] } = {},
): RandomLabelTraining {
  const {
    order = "sequential",
    excludeTrueLabel = false,
    anchorWeight = 0,
    retainAccess = "full",
    ...given
  } = options;
  const wrong = (expected: string, found: unknown): LtuError =>
    new LtuError(
      "OPTION",
      `${method}: expected ${expected}, found ${typeof found === "number" ? found : JSON.stringify(found)}; correct the option.`,
    );
  if (order !== "sequential" && order !== "mixed") throw wrong('order to be "sequential" or "mixed"', order);
  if (typeof excludeTrueLabel !== "boolean")
    throw wrong("excludeTrueLabel to be true or false", excludeTrueLabel);
  if (!Number.isFinite(anchorWeight) || anchorWeight < 0)
    throw wrong("anchorWeight to be a number of at least 0", anchorWeight);
  const recipe = recipeFromOriginal(method, given, {
    alsoKnown: ["order", "excludeTrueLabel", "anchorWeight", "retainAccess", ...alsoKnown],
  });
  checkRetainAccess(method, retainAccess);
  return { recipe, order, excludeTrueLabel, anchorWeight, retainAccess };
}

/** The epochs of random labels: labels drawn anew for every epoch, one for each sample to forget. */
export function randomLabelEpochs(
  { forgetSet, retained }: RequestedSets,
  {
    classes,
    order,
    excludeTrueLabel,
  }: Pick<RandomLabelTraining, "order" | "excludeTrueLabel"> & { readonly classes: number },
): EpochPlan {
  return (_epoch, rng) => {
    const label = drawLabels(forgetSet.length, { classes, excludeTrueLabel, rng });
    const forget = { indexes: forgetSet, label };
    const retain = { indexes: retained };
    return order === "sequential" ? [[forget], [retain]] : [[forget, retain]];
  };
}

/**
 * Trains on from the original weights: random labels for D_f, true ones for what is retained, and the anchor where
 * its weight says so.
 *
 * @param optimizer - Default SGD.
 * @param settings - What else a checkpoint of this run depends on.
 */
export async function trainOnRandomLabels(
  request: UnlearnRequest,
  sets: RequestedSets,
  {
    task,
    training,
    optimizer,
    settings = {},
  }: {
    readonly task: string;
    readonly training: RandomLabelTraining;
    readonly optimizer?: Optimizer | undefined;
    readonly settings?: object;
  },
): Promise<UnlearnResult> {
  const { recipe, anchorWeight } = training;
  const { classes } = request.batches;
  const isAnchored = anchorWeight > 0;
  const result = await fitRequest(request, {
    data: randomLabelEpochs(sets, { ...training, classes }),
    recipe,
    rng: request.rng,
    task,
    weights: request.original,
    optimizer,
    settings: { ...training, ...settings },
    ...(isAnchored ? anchorTo(request, sets.retained, { anchorWeight }) : {}),
  });
  if (!isAnchored) return result;
  // The original model sees every retained sample once an epoch, and nothing of it goes back.
  const imagesForward = result.cost.imagesForward + recipe.epochs * sets.retained.length;
  return { ...result, cost: { ...result.cost, imagesForward } };
}
