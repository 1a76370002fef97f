import { describe, expect, it } from "vitest";

import { createRng, type Unlearner } from "@ltu/core";

import { baselines, configurations, grids } from "../src/index.ts";

const factories = baselines as unknown as Readonly<Record<string, (options: object) => Unlearner>>;

describe("grids", () => {
  it("has a range for every method that has something to search", () => {
    const searched = new Set(Object.values(grids).map(({ factory }) => factory));
    const methods = Object.keys(baselines).filter((name) => name !== "do-nothing" && name !== "retrain");
    expect(methods.filter((name) => !searched.has(name))).toEqual([]);
  });

  it.each(Object.keys(grids) as (keyof typeof grids)[])(
    "gives %s configurations that it takes, none twice",
    (name) => {
      const grid = grids[name];
      const make = factories[grid.factory]!;
      const tried = configurations(grid, { rng: createRng(1) });
      expect(tried).toHaveLength(12);
      expect(new Set(tried.map((each) => JSON.stringify(each))).size).toBe(12);
      for (const options of tried) expect(make(options).options).toBeDefined();
    },
  );

  it("says of each range where it is from", () => {
    for (const { source, published } of Object.values(grids)) {
      expect(source.length).toBeGreaterThan(20);
      if (published === "point") expect(source).toMatch(/is ours/);
    }
  });

  it("keeps the published ends", () => {
    const ends = (name: keyof typeof grids): unknown[] =>
      configurations(grids[name], { count: 2, rng: createRng(1) }).map(({ lr }) => lr);
    expect(ends("finetune")).toEqual([1e-3, 1e-1]);
    expect(ends("gradient-ascent")).toEqual([1e-5, 1e-3]);
    expect(ends("boundary-shrink")).toEqual([1e-6, 1e-4]);
    expect(ends("salun")).toEqual([5e-4, 5e-2]);
  });
});
