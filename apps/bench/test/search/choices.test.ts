import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Search, SearchRow } from "@ltu/report";
import { describe, expect, it } from "vitest";

import { withChoices } from "../../src/search/choices.ts";
import { chosenRows } from "../../src/search/choose-command.ts";
import { planCells } from "../../src/study/plan-study.ts";
import { parseStudyConfig, type StudyConfig } from "../../src/study/study-config.ts";
import { temporaryFolder, tinyExperiment } from "../run-bench.ts";

const rowOf = (
  label: string,
  {
    method,
    base = {},
    options,
  }: Pick<SearchRow, "method"> & { base?: SearchRow["base"]; options: SearchRow["fixed"] },
): SearchRow => ({
  label,
  method,
  base,
  fixed: {},
  ranges: {},
  published: { what: "range", source: "", fixed: {}, ranges: {} },
  trials: [],
  choice: { index: 0, options, meanGap: 1, tried: 1, failed: 0 },
});
const search: Search = {
  schemaVersion: 1,
  kind: "search",
  name: "tiny-search",
  description: "",
  config: { experiment: { ...tinyExperiment, methods: [{ name: "do-nothing" }] }, overrides: {} },
  measuredOn: "validation",
  rule: "",
  seeds: [101],
  retrain: [],
  rows: [
    rowOf("finetune (30 %)", {
      method: "finetune",
      base: { retainAccess: "rho" },
      options: { lr: 0.2, epochs: 3 },
    }),
    rowOf("tuned labels", { method: "random-labels", base: { retainAccess: "full" }, options: { lr: 0.1 } }),
    rowOf("LTU recommended", {
      method: "ltu",
      base: { optionSet: "recommended" },
      options: { outerLr: 0.01 },
    }),
    { ...rowOf("ssd (all)", { method: "ssd", options: {} }), choice: { reason: "all diverged" } },
  ],
  engine: { name: "cpu", threads: 1 },
  versions: {},
  notes: [],
};
const studyOf = (change: object): StudyConfig =>
  parseStudyConfig(
    {
      schemaVersion: 1,
      kind: "study",
      name: "tiny",
      experiment: tinyExperiment,
      overrides: { methods: [{ name: "do-nothing" }] },
      seeds: [1, 2],
      ...change,
    },
    "study.json",
  );
const kept = async (): Promise<string> => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "tiny-search.json"), JSON.stringify(await chosenRows(search)));
  return folder;
};

describe("the rows that a search chose", () => {
  it("have the options that stand and those that won, and a label only where a table would name them otherwise", async () => {
    expect((await chosenRows(search)).rows).toEqual([
      {
        row: "finetune (30 %)",
        method: { name: "finetune", options: { retainAccess: "rho", lr: 0.2, epochs: 3 } },
      },
      {
        row: "tuned labels",
        method: { name: "random-labels", label: "tuned labels", options: { retainAccess: "full", lr: 0.1 } },
      },
      {
        row: "LTU recommended",
        method: { name: "ltu", options: { optionSet: "recommended", outerLr: 0.01 } },
      },
    ]);
  });

  it("follow a study's own, and their labels follow the data regime", async () => {
    const study = await withChoices(
      studyOf({
        choices: { search: "tiny-search" },
        against: "LTU recommended",
        axis: { key: "retainFraction", values: [0.3, 0.6] },
      }),
      tinyExperiment,
      await kept(),
    );
    expect(study).not.toHaveProperty("choices");
    const cells = await planCells(study, { base: study.experiment, folder: "." });
    expect(cells.slice(0, 2).map(({ methods }) => methods.map(({ label }) => label))).toEqual(
      [30, 60].map((share) => [
        "retrain",
        "do-nothing",
        `finetune (${share} %)`,
        "tuned labels",
        "LTU recommended",
      ]),
    );
    expect(cells[0]?.methods[2]?.options).toMatchObject({ epochs: 3, schedule: { lr: 0.2 } });
  });

  it("may be asked for by name", async () => {
    const asked = (rows: string[]): Promise<StudyConfig> =>
      kept().then((folder) =>
        withChoices(studyOf({ choices: { search: "tiny-search", rows } }), tinyExperiment, folder),
      );
    expect((await asked(["LTU recommended"])).overrides["methods"]).toHaveLength(2);
    await expect(asked(["LTU recomended"])).rejects.toThrow(
      /study tiny: choices\.rows must be rows of tiny-search, found "LTU recomended"; did you mean "LTU recommended"/,
    );
  });

  it("have the audit's shadow models unlearned by them where that is asked for, and the study's own rows have not", async () => {
    const choices = { search: "tiny-search", rows: ["LTU recommended", "tuned labels"] };
    const methodsOf = async (shadows: object): Promise<unknown[]> => {
      const study = studyOf({ choices: { ...choices, ...shadows } });
      const { overrides } = await withChoices(study, tinyExperiment, await kept());
      return (overrides["methods"] as { name: string; shadows?: boolean }[]).map((entry) => entry.shadows);
    };
    expect(await methodsOf({ shadows: true })).toEqual([undefined, true, true]);
    expect(await methodsOf({})).toEqual([undefined, undefined, undefined]);
  });

  it("leave a study alone that asks for none", async () => {
    const study = studyOf({});
    expect(await withChoices(study, tinyExperiment)).toEqual(study);
  });

  it("are asked for with the command that makes them where nothing was chosen", async () => {
    await expect(withChoices(studyOf({ choices: { search: "no-such" } }), tinyExperiment)).rejects.toThrow(
      /^study tiny: expected the options that no-such chose, found none; finish the search and run: npm start -- choose/,
    );
  });

  it("are named once each", () => {
    expect(() => studyOf({ choices: { search: "no-such", rows: ["a", "a"] } })).toThrow(/every row once/);
  });
});
