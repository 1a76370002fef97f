import { LtuError } from "@ltu/core";

import { createSchedule, type ScheduleOptions } from "./schedules.ts";

/** How a model is trained, as plain JSON: the same type trains the original and its retrained reference. */
export interface Recipe {
  /** Passes over the data. */
  readonly epochs: number;
  /** Images in a step; the last batch of a pass may be smaller. */
  readonly batchSize: number;
  readonly schedule: ScheduleOptions;
  /** Coupled weight decay on every parameter, as in PyTorch. */
  readonly weightDecay: number;
  /** Whether images pass through the training augmentation of the data, where it has one. */
  readonly augment: boolean;
}

/**
 * A complete recipe from partial options and defaults.
 *
 * @param where - Who asks, for messages.
 * @param alsoKnown - Further options of the one who asks, for messages.
 * @throws LtuError `OPTION` for an unknown option and for a value out of its range.
 */
export function resolveRecipe(
  where: string,
  options: Partial<Recipe>,
  { defaults, alsoKnown = [] }: { readonly defaults: Recipe; readonly alsoKnown?: readonly string[] },
): Recipe {
  const wrong = (expected: string, found: unknown): LtuError =>
    new LtuError(
      "OPTION",
      `${where}: expected ${expected}, found ${JSON.stringify(found)}; correct the option.`,
    );
  const names = Object.keys(defaults);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrong(`options out of ${[...names, ...alsoKnown].join(", ")}`, unknown);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const recipe: Recipe = { ...defaults, ...given };
  for (const name of ["epochs", "batchSize"] as const) {
    if (!Number.isInteger(recipe[name]) || recipe[name] < 1) {
      throw wrong(`${name} to be a whole number of at least 1`, recipe[name]);
    }
  }
  if (!Number.isFinite(recipe.weightDecay) || recipe.weightDecay < 0) {
    throw wrong("weightDecay to be a number of at least 0", recipe.weightDecay);
  }
  if (typeof recipe.augment !== "boolean") throw wrong("augment to be true or false", recipe.augment);
  createSchedule(recipe.schedule);
  return recipe;
}
