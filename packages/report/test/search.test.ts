import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  searchDocument,
  searchTable,
  parseSearch,
  searchCost,
  searchGap,
  shortlistOf,
} from "../src/index.ts";
import type { SearchRow, SearchTrial } from "../src/search.ts";
import { exampleSearch } from "./example-search.ts";

const [row] = exampleSearch.rows as [SearchRow];
const withRow = (change: Partial<SearchRow>): unknown => ({
  ...exampleSearch,
  rows: [{ ...row, ...change }],
});

describe("a search", () => {
  it("is read back as it was written", () => {
    expect(parseSearch(JSON.parse(JSON.stringify(exampleSearch)))).toEqual(exampleSearch);
  });

  it("measures each trial from the retrained models of its seed", () => {
    const gaps = row.trials.map(({ seeds }) => seeds.map((reading) => searchGap(reading, exampleSearch)));
    expect(gaps).toEqual([
      [8, 10],
      [4, 5],
      [1, { reason: "DIVERGED" }],
    ]);
  });

  it("costs what all its trials saw and took, failed ones counted apart", () => {
    expect(searchCost(row)).toEqual({
      imagesForward: 5000,
      imagesBackward: 2500,
      seconds: 10,
      failed: 1,
      untimed: 1,
    });
  });

  it.each<[string, unknown, RegExp]>([
    [
      "a choice that is not the best",
      withRow({ choice: { index: 0, options: {}, meanGap: 9, tried: 3, failed: 1 } }),
      /row "finetune \(30 %\)" must choose the smallest mean Avg\. Gap, 4\.5 of trial 2, found 9 of trial 1/,
    ],
    [
      "a number of the choice that was changed",
      withRow({ choice: { ...(row.choice as object), meanGap: 4.4 } as SearchRow["choice"] }),
      /found 4\.4 of trial 2/,
    ],
    [
      "no choice where there is one to make",
      withRow({ choice: { reason: "all failed" } }),
      /4\.5 of trial 2, found no choice/,
    ],
    [
      "a trial without a seed",
      withRow({ trials: row.trials.map((trial): SearchTrial => ({ ...trial, seeds: [trial.seeds[0]!] })) }),
      /trial 1 must hold each seed once \(101, 102\), found 101; finish/,
    ],
    ["numbers of test images", { ...exampleSearch, measuredOn: "test" }, /measuredOn is not valid/],
    ["two rows of one name", { ...exampleSearch, rows: [row, row] }, /found "finetune \(30 %\)" twice/],
    ["another version", { ...exampleSearch, schemaVersion: 9 }, /schemaVersion must be 1, found 9/],
  ])("with %s is refused", (_, json, pattern) => {
    expect(() => parseSearch(json)).toThrow(pattern);
  });

  it("goes on with the best at the first seed alone where a shortlist says so, and says which did not", () => {
    // Gaps at the first seed: 8, 4, 1. The third diverged at the second.
    const cut = (places: readonly number[]): SearchTrial[] =>
      row.trials.map((trial, i) => (places.includes(i) ? trial : { ...trial, seeds: [trial.seeds[0]!] }));
    const short = (places: readonly number[]): unknown => ({
      ...(withRow({ trials: cut(places) }) as object),
      shortlist: 0.5,
    });
    const read = parseSearch(short([1, 2]));
    expect(searchTable(read)).toMatch(/8\.00 +- +- .*\n.*4\.00 +5\.00 +4\.50/);
    expect(searchTable(read)).toContain("over 5 runs");
    expect(() => parseSearch(short([0, 1, 2]))).toThrow(
      "trial 1 must hold each seed once (101), found 101, 102",
    );
    expect(() => parseSearch(short([0, 1]))).toThrow(
      "trial 1 must hold each seed once (101), found 101, 102",
    );
    expect(() => parseSearch(short([2]))).toThrow("trial 2 must hold each seed once (101, 102), found 101;");
  });

  it("shortlists the smallest gaps, and none that failed", () => {
    expect(shortlistOf([3, 1, { reason: "DIVERGED" }, 2, 1, 9], 0.5)).toEqual([1, 3, 4]);
    expect(shortlistOf([2, 2, 2], 0.34)).toEqual([0, 1]);
    expect(shortlistOf([{ reason: "DIVERGED" }, 5], 1)).toEqual([1]);
    const gap = fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: { reason: "DIVERGED" } });
    fc.assert(
      fc.property(
        fc.array(gap, { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (gaps, share) => {
          const chosen = shortlistOf(gaps, share);
          const numbers = gaps.filter((each) => typeof each === "number");
          expect(chosen).toHaveLength(Math.min(numbers.length, Math.ceil(gaps.length * share)));
          const worst = Math.max(...chosen.map((i) => gaps[i] as number));
          gaps.forEach((each, i) => {
            if (typeof each === "number" && each < worst) expect(chosen).toContain(i);
          });
        },
      ),
    );
  });

  it("shows where it searched, every trial, the choice and the cost", () => {
    const text = searchTable(exampleSearch);
    expect(text).toContain("chosen: finetune (30 %) 2, lr 0.02236, mean Avg. Gap 4.50");
    expect(text).toMatch(
      /lr 0\.001 to 0\.1 \(log\), epochs 10 +lr 0\.001 to 0\.5 \(log\), epochs 10 +3 +lr 0\.02236/,
    );
    expect(text).toMatch(/0\.5 +1\.00 +diverged +-/);
    expect(text).toContain("5,000 images forward, 2,500 back and 10 seconds over 6 runs");

    const { markdown, figures } = searchDocument(exampleSearch);
    expect(markdown).toContain("<details><summary>finetune (30 %): 3 configurations</summary>");
    expect(markdown).toMatch(/\| 2 \| 0\.02236 \| 4\.00 \| 5\.00 \| 4\.50 \| .* \| chosen \|/);
    expect(figures).toEqual({});
  });
});
