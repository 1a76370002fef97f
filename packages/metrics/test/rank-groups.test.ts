import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { areSeparate, rankGroups, type RankGroup, type RankedInterval } from "../src/index.ts";

const row = fc
  .tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 6 }))
  .map(([mean, half]) => ({ mean, low: mean - half, high: mean + half }));
const table = fc
  .array(row, { minLength: 1, maxLength: 8 })
  .map((rows) => Object.fromEntries(rows.map((r, i) => [`m${i}`, r])));

describe("rankGroups", () => {
  it("gives one rank to methods in a chain of overlaps, and skips as many ranks as they are", () => {
    const rows = {
      far: { mean: 9, low: 8, high: 10 },
      b: { mean: 2, low: 1, high: 3 },
      a: { mean: 1, low: 0, high: 2 },
      c: { mean: 3.5, low: 2.5, high: 4 },
    };
    expect(rankGroups(rows, { direction: "lower" })).toEqual([
      { rank: 1, names: ["a", "b", "c"] },
      { rank: 4, names: ["far"] },
    ]);
    expect(rankGroups(rows, { direction: "higher" })).toEqual([
      { rank: 1, names: ["far"] },
      { rank: 2, names: ["c", "b", "a"] },
    ]);
  });

  it("separates every pair of methods of different ranks, and orders them by their means", () => {
    fc.assert(
      fc.property(table, (rows: Record<string, RankedInterval>) => {
        const groups = rankGroups(rows, { direction: "lower" }) as RankGroup[];
        expect(groups.flatMap(({ names }) => names).toSorted()).toEqual(Object.keys(rows).toSorted());
        groups.forEach(({ names }, g) => {
          for (const later of groups.slice(g + 1).flatMap((group) => group.names)) {
            for (const name of names) {
              expect(areSeparate(rows[name]!, rows[later]!)).toBe(true);
              expect(rows[name]!.mean).toBeLessThan(rows[later]!.mean);
            }
          }
        });
      }),
    );
  });

  it("ranks nothing where original and retrained models do not differ", () => {
    const rows = { a: { mean: 1, low: 1, high: 1 }, b: { mean: 2, low: 2, high: 2 } };
    expect(rankGroups(rows, { direction: "lower", contrast: { signal: false } })).toEqual({
      reason: "NO_CONTRAST",
    });
  });

  it("refuses to rank a metric without a good end, and intervals that are none", () => {
    const one = { mean: 1, low: 0, high: 2 };
    expect(() => rankGroups({ one }, { direction: "reference" as "lower" })).toThrow(/rank distances/);
    expect(() => rankGroups({ one: { ...one, low: 1.5 } }, { direction: "lower" })).toThrow(
      /must hold its mean/,
    );
    expect(() => rankGroups({}, { direction: "lower" })).toThrow(/at least one row/);
  });
});
