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

const names = ["epochs", "batchSize", "schedule", "weightDecay", "augment"] as const;

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
  const unknown = Object.keys(options).find((name) => !(names as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw wrong(where, `options out of ${[...new Set([...names, ...alsoKnown])].join(", ")}`, unknown);
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const recipe: Recipe = { ...defaults, ...given };
  checkRecipe(where, recipe);
  return recipe;
}

/**
 * Checks the values of a recipe.
 *
 * @throws LtuError `OPTION` for a value that is missing or out of its range.
 */
export function checkRecipe(where: string, recipe: Recipe): void {
  for (const name of ["epochs", "batchSize"] as const) {
    if (!Number.isInteger(recipe[name]) || recipe[name] < 1) {
      throw wrong(where, `${name} to be a whole number of at least 1`, recipe[name]);
    }
  }
  if (!Number.isFinite(recipe.weightDecay) || recipe.weightDecay < 0) {
    throw wrong(where, "weightDecay to be a number of at least 0", recipe.weightDecay);
  }
  if (typeof recipe.augment !== "boolean") throw wrong(where, "augment to be true or false", recipe.augment);
  createSchedule(recipe.schedule);
}

function wrong(where: string, expected: string, found: unknown): LtuError {
  const text = typeof found === "number" ? String(found) : JSON.stringify(found);
  return new LtuError("OPTION", `${where}: expected ${expected}, found ${text}; correct the option.`);
}
