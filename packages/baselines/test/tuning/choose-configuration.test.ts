import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isLtuError } from "@ltu/core";

import { chooseConfigurations, type Search } from "../../src/tuning/choose-configuration.ts";

const diverged = { reason: "DIVERGED" };
const pilot = { measuredOn: "validation", seeds: [101, 102] } as const;

describe("chooseConfigurations", () => {
  it("takes the smallest mean over the seeds, the first of equal ones", () => {
    const gaps = [
      [4, 2],
      [1, 3],
      [2, 2],
    ];
    expect(chooseConfigurations({ rl: { ...pilot, gaps } })).toEqual({
      rl: { index: 1, meanGap: 2, tried: 3, failed: 0 },
    });
  });

  it("leaves out and counts what failed at one seed", () => {
    const gaps = [
      [0.1, diverged],
      [5, 5],
      [diverged, diverged],
    ];
    expect(chooseConfigurations({ ga: { ...pilot, gaps } })["ga"]).toEqual({
      index: 1,
      meanGap: 5,
      tried: 3,
      failed: 2,
    });
  });

  it("never takes a configuration with a smaller mean beside the chosen one", () => {
    const gap = fc.option(fc.integer({ min: 0, max: 400 }), { nil: diverged });
    const rows = fc.array(fc.tuple(gap, gap), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(rows, (gaps) => {
        const whole = gaps.map((row) => row.filter((g) => typeof g === "number"));
        fc.pre(whole.some((row) => row.length === 2));
        const { index, meanGap, failed } = chooseConfigurations({ m: { ...pilot, gaps } })["m"] as {
          index: number;
          meanGap: number;
          failed: number;
        };
        const means = whole.map((row) => (row.length === 2 ? ((row[0] ?? 0) + (row[1] ?? 0)) / 2 : Infinity));
        expect(means[index]).toBe(meanGap);
        expect(means.findIndex((mean) => mean <= meanGap)).toBe(index);
        expect(failed).toBe(means.filter((mean) => mean === Infinity).length);
      }),
    );
  });

  const refusal = (searches: Record<string, Search>): string => {
    try {
      chooseConfigurations(searches);
    } catch (error) {
      return isLtuError(error) ? `${error.code} ${error.message}` : String(error);
    }
    return "none";
  };

  it("refuses methods that had unequal budgets", () => {
    const one = { ...pilot, gaps: [[1, 1]] };
    expect(
      refusal({
        ltu: {
          ...pilot,
          gaps: [
            [1, 1],
            [2, 2],
          ],
        },
        rl: one,
      }),
    ).toMatch(
      /^OPTION selection: every method needs the same budget, found configurations 1 for rl and 2 for ltu;/,
    );
    expect(refusal({ ltu: { ...one, seeds: [101, 103] }, rl: one })).toMatch(
      /found pilot seeds 101, 102 for rl/,
    );
  });

  it("refuses gaps measured on the images that will be reported on", () => {
    const search = { ...pilot, measuredOn: "test", gaps: [[1, 1]] } as unknown as Search;
    expect(refusal({ rl: search })).toMatch(
      /^FIREWALL selection: expected gaps of rl measured on the validation set/,
    );
  });

  it("refuses a search that is not finished, and one where nothing works", () => {
    expect(refusal({ rl: { ...pilot, gaps: [[1, 1], [2]] } })).toMatch(/found 1 for configuration 2; finish/);
    expect(refusal({ rl: { ...pilot, gaps: [] } })).toMatch(/^OPTION .*found none/);
    expect(refusal({ rl: { ...pilot, gaps: [[1, diverged]] } })).toMatch(/^DIVERGED .*all 1 failed/);
  });
});
