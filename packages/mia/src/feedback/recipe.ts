import { LtuError } from "@ltu/core";

/** How feedback attacks are fitted. */
export interface FeedbackRecipe {
  /** Step size of Adam; 3e-3. */
  readonly learningRate: number;
  /** Passes over the fitting share; 30. */
  readonly epochs: number;
  /** Samples a step, the last batch of an epoch may be smaller; 128. */
  readonly batchSize: number;
  /** Share of members and of non-members that fits; the rest measures the AUC; 0.8. */
  readonly fitShare: number;
  /** Below this held-out AUC of every attack there is no signal; 0.52. */
  readonly minAuc: number;
}

/** The recipe of this project's study of LTU. */
export const defaultRecipe: FeedbackRecipe = {
  learningRate: 3e-3,
  epochs: 30,
  batchSize: 128,
  fitShare: 0.8,
  minAuc: 0.52,
};

/** The default recipe with departures from it; throws LtuError `OPTION` for an unknown key or a value out of range. */
export function resolveRecipe(departures: Partial<FeedbackRecipe> = {}): FeedbackRecipe {
  for (const key of Object.keys(departures)) {
    if (!Object.hasOwn(defaultRecipe, key)) {
      throw new LtuError(
        "OPTION",
        `trainFeedback: recipe knows ${Object.keys(defaultRecipe).join(", ")}, found "${key}"; correct the name.`,
      );
    }
  }
  const recipe = { ...defaultRecipe, ...departures };
  const rules: [keyof FeedbackRecipe, string, boolean][] = [
    ["learningRate", "a number above 0", Number.isFinite(recipe.learningRate) && recipe.learningRate > 0],
    ["epochs", "a whole number of at least 1", Number.isInteger(recipe.epochs) && recipe.epochs >= 1],
    [
      "batchSize",
      "a whole number of at least 1",
      Number.isInteger(recipe.batchSize) && recipe.batchSize >= 1,
    ],
    ["fitShare", "between 0 and 1, both excluded", recipe.fitShare > 0 && recipe.fitShare < 1],
    ["minAuc", "from 0 to 1", recipe.minAuc >= 0 && recipe.minAuc <= 1],
  ];
  for (const [key, expected, holds] of rules) {
    if (!holds) {
      throw new LtuError(
        "OPTION",
        `trainFeedback: ${key} must be ${expected}, found ${recipe[key]}; change it.`,
      );
    }
  }
  return recipe;
}
