import { readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { baselines } from "../src/index.ts";

/** Files of src that are no method. */
const shared = [
  "baselines.ts",
  "check-request.ts",
  "checked-batches.ts",
  "contract",
  "draw-labels.ts",
  "from-original.ts",
  "grids.ts",
  "index.ts",
  "tuning",
];

describe("baselines", () => {
  it("holds every method under the name it gives itself", () => {
    for (const [name, make] of Object.entries(baselines)) expect(make().name).toBe(name);
  });

  it("has one file for each method, and no file without one", () => {
    const files = readdirSync(new URL("../src", import.meta.url)).filter((file) => !shared.includes(file));
    expect(files.toSorted()).toEqual(
      Object.keys(baselines)
        .map((name) => `${name}.ts`)
        .toSorted(),
    );
  });

  it("gives no two methods one set of options", () => {
    for (const option of ["order", "excludeTrueLabel"]) {
      expect(() => baselines.finetune({ [option]: true })).toThrow(/expected options out of/);
      expect(() => baselines.retrain({ [option]: true } as never)).toThrow(/expected options out of/);
    }
  });
});
