import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { baselines } from "../src/index.ts";

/** The files of src, and of its contrib folder, that make an unlearner. */
const methodFiles = (): string[] =>
  ["", "contrib/"].flatMap((folder) =>
    readdirSync(new URL(`../src/${folder}`, import.meta.url)).filter((file) => {
      if (!file.endsWith(".ts")) return false;
      const text = readFileSync(new URL(`../src/${folder}${file}`, import.meta.url), "utf8");
      return /^export function \w+\(.*\): Unlearner \{$/m.test(text);
    }),
  );

describe("baselines", () => {
  it("holds every method under the name it gives itself", () => {
    for (const [name, make] of Object.entries(baselines)) expect(make().name).toBe(name);
  });

  it("has one file for each method, and no file without one", () => {
    expect(methodFiles().toSorted()).toEqual(
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
