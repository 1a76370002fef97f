import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { configurations, type SearchGrid } from "../../src/tuning/configurations.ts";

const grid: SearchGrid = {
  factory: "made-up",
  published: "none",
  source: "",
  fixed: { epochs: 3 },
  ranges: {
    lr: { scale: "log", from: 1e-3, to: 1e-1 },
    share: { scale: "linear", from: 0, to: 1 },
    steps: { scale: "whole", from: 1, to: 4 },
    order: { scale: "choice", values: ["first", "second"] },
  },
};

describe("configurations", () => {
  it("spaces a single option evenly in its logarithm, both ends included", () => {
    const single = { ...grid, ranges: { lr: { scale: "log", from: 1e-3, to: 1e-1 } } } as const;
    const tried = configurations(single, { count: 5, rng: createRng(1) });
    expect(tried).toEqual([0.001, 0.003162, 0.01, 0.03162, 0.1].map((lr) => ({ epochs: 3, lr })));
  });

  it("tries each option at evenly spaced values, whatever it meets", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.nat(), (count, seed) => {
        const tried = configurations(grid, { count, rng: createRng(seed) });
        expect(tried).toHaveLength(count);
        const shares = tried.map(({ share }) => share as number).toSorted((a, b) => a - b);
        shares.forEach((share, i) => expect(share).toBeCloseTo(i / (count - 1), 3));
        expect(tried.every(({ steps }) => [1, 2, 3, 4].includes(steps as number))).toBe(true);
        const firsts = tried.filter((each) => each["order"] === "first").length;
        expect(Math.abs(firsts - count / 2)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it("gives the same for the same seed, and others for another", () => {
    const of = (seed: number): unknown => configurations(grid, { rng: createRng(seed) });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it("takes the middle of each range when there is one configuration", () => {
    expect(configurations(grid, { count: 1, rng: createRng(1) })).toEqual([
      { epochs: 3, lr: 0.01, share: 0.5, steps: 3, order: "second" },
    ]);
  });

  it("refuses a count that is none", () => {
    for (const count of [0, -1, 2.5, Number.NaN]) {
      expect(() => configurations(grid, { count, rng: createRng(1) })).toThrow(
        /^configurations: expected count to be a whole number of at least 1, found/,
      );
    }
  });
});
