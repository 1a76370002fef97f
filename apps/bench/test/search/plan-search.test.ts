import { describe, expect, it } from "vitest";

import { parseExperiment } from "../../src/config.ts";
import { planSearch, type PlannedSearch, type SearchRequest } from "../../src/search/plan-search.ts";
import type { SearchRowConfig } from "../../src/search/search-config.ts";
import { tinyExperiment } from "../run-bench.ts";

const experiment = parseExperiment(tinyExperiment, "tiny");
const rowOf = (method: string, row: Partial<SearchRowConfig> = {}): SearchRowConfig => ({
  label: method,
  method,
  options: {},
  count: 3,
  ...row,
});
const plan = (request: Partial<SearchRequest>): Promise<PlannedSearch> =>
  planSearch(experiment, { rows: [rowOf("finetune")], seeds: [101], folder: ".", where: "tune", ...request });

describe("planSearch", () => {
  it("tries as many configurations of every method, at every seed, and the same ones for everybody", async () => {
    const { searches, runs } = await plan({
      rows: [rowOf("finetune"), rowOf("random-labels")],
      seeds: [101, 102],
    });
    expect(searches.map(({ configurations }) => configurations.length)).toEqual([3, 3]);
    expect(runs.map(({ seed, trials }) => [seed, ...trials.map((row) => row.length)])).toEqual([
      [101, 3, 3],
      [102, 3, 3],
    ]);
    expect((await plan({ rows: [rowOf("random-labels")] })).searches[0]).toEqual(searches[1]);
  });

  it("tries the same list in both data regimes of a method", async () => {
    const { searches } = await plan({
      rows: [
        rowOf("finetune", { label: "finetune (30 %)", options: { retainAccess: "rho" } }),
        rowOf("finetune", { label: "finetune (all)", options: { retainAccess: "full" } }),
      ],
    });
    expect(searches[0]?.configurations).toEqual(searches[1]?.configurations);
  });

  it("draws from a row's own ranges, the first rising, and lets them win over what stands", async () => {
    const ranges = {
      lr: { scale: "log", from: 1e-3, to: 1 },
      epochs: { scale: "whole", from: 2, to: 10 },
    } as const;
    const { searches } = await plan({ rows: [rowOf("finetune", { ranges, count: 4 })] });
    const tried = searches[0]!.configurations;
    expect(tried.map(({ lr }) => lr)).toEqual([0.001, 0.01, 0.1, 1]);
    expect(tried.map(({ epochs }) => epochs).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      2, 5, 7, 10,
    ]);
  });

  it("lays configurations over the options of the row", async () => {
    const { runs } = await plan({
      rows: [rowOf("finetune", { options: { retainAccess: "rho", epochs: 2 } })],
    });
    const options = runs[0]!.trials[0]!.map(({ method }) => method.options);
    // The row says rho and 2 epochs; the range says 10 epochs.
    expect(options.every((each) => each["retainAccess"] === "rho" && each["epochs"] === 10)).toBe(true);
    expect(runs[0]!.trials[0]!.map(({ name }) => name)).toEqual([
      "finetune lr=0.001",
      "finetune lr=0.01",
      "finetune lr=0.1",
    ]);
  });

  it("searches LTU on the same budget", async () => {
    const { searches, runs } = await plan({ rows: [rowOf("ltu")] });
    expect(searches[0]?.configurations).toHaveLength(3);
    expect(runs[0]!.trials[0]!.every(({ method }) => method.attacks.length > 0)).toBe(true);
  });

  it.each<[string, Partial<SearchRequest>, RegExp]>([
    [
      "a method without a range",
      { rows: [rowOf("finetun")] },
      /tune: method must be one of .*did you mean "finetune"\?/,
    ],
    [
      "one row twice",
      { rows: [rowOf("finetune"), rowOf("finetune")] },
      /every row once, found finetune twice/,
    ],
    [
      "a seed that is reported on",
      { seeds: [101, experiment.seed] },
      /not reported on, found 1, the seed of the/,
    ],
    ["one seed twice", { seeds: [101, 101] }, /different pilot seeds/],
    ["no seed", { seeds: [] }, /different pilot seeds, at least one, found none/],
    [
      "no configuration",
      { rows: [rowOf("finetune", { count: 0 })] },
      /count to be a whole number of at least 1, found 0/,
    ],
  ])("refuses %s in one sentence", async (_, request, pattern) => {
    await expect(plan(request)).rejects.toThrow(pattern);
  });
});
