import { describe, expect, it } from "vitest";

import { checkRecipe, resolveRecipe, type Recipe } from "../src/index.ts";

const defaults: Recipe = {
  epochs: 10,
  batchSize: 256,
  schedule: { name: "constant", lr: 0.01 },
  weightDecay: 5e-4,
  augment: true,
};

describe("resolveRecipe", () => {
  it("fills in defaults, for options that are undefined too", () => {
    expect(resolveRecipe("finetune", { epochs: 3 }, { defaults })).toEqual({ ...defaults, epochs: 3 });
    const unset = { epochs: undefined } as unknown as Partial<Recipe>;
    expect(resolveRecipe("finetune", unset, { defaults })).toEqual(defaults);
  });

  it("names the options there are when one is unknown", () => {
    expect(() => resolveRecipe("salun", { l: 1 } as never, { defaults, alsoKnown: ["density"] })).toThrow(
      'salun: expected options out of epochs, batchSize, schedule, weightDecay, augment, density, found "l"; correct the option.',
    );
  });
});

describe("checkRecipe", () => {
  it("refuses values out of range", () => {
    const refuses = (part: Record<string, unknown>, message: RegExp): void => {
      expect(() => checkRecipe("train", { ...defaults, ...part })).toThrow(message);
    };
    refuses({ epochs: 0 }, /epochs to be a whole number of at least 1, found 0/);
    refuses({ epochs: 1.5 }, /found 1.5/);
    refuses({ batchSize: "8" }, /batchSize to be a whole number of at least 1, found "8"/);
    refuses({ weightDecay: -1 }, /weightDecay to be a number of at least 0, found -1/);
    refuses({ augment: 1 }, /augment to be true or false, found 1/);
    refuses({ schedule: { name: "linear" } }, /schedule: expected a name out of/);
  });
});
