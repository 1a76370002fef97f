import { describe, expect, it } from "vitest";

import { withChoices } from "../../src/search/choices.ts";
import { parseStudyConfig, type StudyConfig } from "../../src/study/study-config.ts";
import { tinyExperiment } from "../run-bench.ts";

const studyOf = (change: object): StudyConfig =>
  parseStudyConfig(
    { schemaVersion: 1, kind: "study", name: "tiny", experiment: tinyExperiment, seeds: [1, 2], ...change },
    "study.json",
  );

describe("the rows of a study that a search chose", () => {
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
