import { grids } from "@ltu/baselines";
import { describe, expect, it } from "vitest";

import { experimentNames, findExperiment } from "../../src/experiment-catalog.ts";
import { planSearch } from "../../src/search/plan-search.ts";
import { experimentOf } from "../../src/search/run-search.ts";
import { parseSearchConfig, type SearchConfig } from "../../src/search/search-config.ts";
import { tinyExperiment } from "../run-bench.ts";

const salun = { label: "salun", method: "salun", count: 3 };
const search = {
  schemaVersion: 1,
  kind: "search",
  name: "tiny-search",
  experiment: tinyExperiment,
  seeds: [101, 102],
  rows: [salun],
};
const withRow = (row: object): unknown => ({ ...search, rows: [{ ...salun, ...row }] });
const lr = { scale: "log", from: 5e-4, to: 5e-2 };
const density = { scale: "linear", from: 0.1, to: 0.9 };

describe("a search file", () => {
  it("takes wider ranges, and epochs searched where ten are published", () => {
    const ranges = { lr: { ...lr, to: 0.2 }, density, epochs: { scale: "whole", from: 2, to: 10 } };
    expect(parseSearchConfig(withRow({ ranges }), "s.json").rows[0]?.ranges).toEqual(ranges);
    expect(parseSearchConfig(search, "s.json").rows[0]).toMatchObject({ options: {}, count: 3 });
  });

  it.each<[string, object, RegExp]>([
    [
      "a lower end that is too high",
      { ranges: { lr: { ...lr, from: 1e-3 }, density } },
      /search s\.json: row "salun" must search lr at least where it is published, 0\.0005 to 0\.05, found 0\.001 to 0\.05; widen/,
    ],
    [
      "an upper end that is too low",
      { ranges: { lr: { ...lr, to: 1e-2 }, density } },
      /lr .* to 0\.01; widen/,
    ],
    ["a published option that is left out", { ranges: { lr } }, /density .*0\.1 to 0\.9, found none/],
    [
      "a number where a range is published",
      { ranges: { lr: { scale: "choice", values: [0.001] }, density } },
      /lr/,
    ],
    ["another value of what stands", { fixed: { epochs: 3 } }, /epochs .* published, 10, found 3/],
    [
      "a range of what stands that does not hold it",
      { ranges: { lr, density, epochs: { scale: "whole", from: 2, to: 5 } } },
      /epochs .* published, 10, found 2 to 5/,
    ],
    [
      "a choice less",
      {
        method: "random-labels",
        ranges: { lr: { ...lr, to: 0.1 }, order: { scale: "choice", values: ["mixed"] } },
      },
      /order .*sequential or mixed, found mixed/,
    ],
  ])("that narrows a published range by %s is refused", (_, row, pattern) => {
    expect(() => parseSearchConfig(withRow(row), "s.json")).toThrow(pattern);
  });

  it("may search where it likes what has no published range", () => {
    const ranges = { lr, maskRatio: { scale: "linear", from: 0.4, to: 0.5 } };
    expect(() => parseSearchConfig(withRow({ method: "salun-soft", ranges }), "s.json")).not.toThrow();
  });

  it.each<[string, object, RegExp]>([
    ["a shortlist of nothing", { shortlist: 0 }, /"shortlist" is not valid/],
    ["a shortlist of more than all", { shortlist: 1.5 }, /"shortlist" is not valid/],
    [
      "a shortlist that nothing follows",
      { shortlist: 0.5, seeds: [101] },
      /search s\.json: expected two pilot seeds or more to go on to with a shortlist, found 1; name another seed/,
    ],
    ["an unknown key", { sedes: [1] }, /"sedes" is no key of a search; did you mean "seeds"\?/],
    ["a seed twice", { seeds: [1, 1] }, /every seed once/],
    ["no row", { rows: [] }, /at least one row/],
  ])("with %s is refused", (_, change, pattern) => {
    expect(() => parseSearchConfig({ ...search, ...change }, "s.json")).toThrow(pattern);
  });
});

describe("the search of the main table", () => {
  const found = async (): Promise<{ config: SearchConfig; folder: string }> => {
    const each = await findExperiment("table-search", { callerFolder: "." });
    if (each.kind !== "search") throw new Error(`table-search is a ${each.kind}`);
    return { config: each.search, folder: each.folder };
  };

  it("has every method with a range in every data regime it has, and LTU", async () => {
    const { config, folder } = await found();
    const { experiment } = await experimentOf(config);
    const { runs } = await planSearch(experiment, { ...config, folder, where: "test" });
    const rows = config.rows.map(({ method }, r) => `${method} ${runs[0]!.trials[r]![0]!.method.sees}`);
    for (const method of Object.keys(grids)) {
      const of = rows.filter((row) => row.startsWith(`${method} `));
      expect(of.length === 1 ? of : of.toSorted(), method).toEqual(
        of.length === 1 ? [`${method} -`] : [`${method} 30 %`, `${method} all`],
      );
    }
    expect(rows.filter((row) => row === "ltu 30 %")).toHaveLength(5);
  }, 60_000);

  it("tries as many configurations of every row, and more of the three nearest rivals alone", async () => {
    const { config } = await found();
    expect(config.rows.filter(({ count }) => count !== 12).map(({ label, count }) => [label, count])).toEqual(
      [
        ["random-labels (30 %)", 96],
        ["random-labels-anchored (30 %)", 96],
        ["salun (30 %)", 96],
      ],
    );
  });

  it("has each row that a table asks for by name", async () => {
    const { config } = await found();
    const labels = config.rows.map(({ label }) => label);
    const asked: string[] = [];
    for (const name of experimentNames()) {
      const each = await findExperiment(name, { callerFolder: "." });
      if (each.kind === "study" && each.study.choices?.search === config.name) {
        asked.push(name);
        const { rows = [] } = each.study.choices;
        expect(
          rows.filter((row) => !labels.includes(row)),
          name,
        ).toEqual([]);
      }
    }
    expect(asked.length).toBeGreaterThan(5);
  });

  it("has pilot seeds that no study reports on", async () => {
    const { config } = await found();
    for (const name of experimentNames()) {
      const each = await findExperiment(name, { callerFolder: "." });
      const reported = each.kind === "study" ? each.study.seeds : [];
      expect(
        reported.filter((seed) => config.seeds.includes(seed)),
        name,
      ).toEqual([]);
    }
  });
});
