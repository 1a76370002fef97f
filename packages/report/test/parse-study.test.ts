import { describe, expect, it } from "vitest";

import { canonicalStudy, parseStudy } from "../src/index.ts";
import { exampleStudy, exampleSweep } from "./example-study.ts";

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

describe("parseStudy", () => {
  it("gives back what is right", () => {
    for (const study of [exampleStudy, exampleSweep]) expect(parseStudy(json(study))).toEqual(study);
  });

  it("reads version 1, which had one oracle a run and no noise floor", () => {
    const { oracles: _oracles, ...old } = exampleStudy;
    expect(parseStudy(json({ ...old, schemaVersion: 1 }))).toEqual({ ...old, schemaVersion: 1 });
  });

  it.each<[string, object, RegExp]>([
    ["another version", { schemaVersion: 3 }, /schemaVersion must be 1 or 2, found 3/],
    ["another kind", { kind: "mechanisms" }, /kind must be study, found "mechanisms"/],
    ["oracles that are missing", { oracles: undefined }, /oracles must hold every seed .* found none/],
    ["an unknown name", { best: "LTU" }, /the unknown name "best"/],
    ["no seeds", { seeds: [] }, /seeds is not valid/],
    ["a default row that is none", { defaultRow: "no such" }, /defaultRow must be the label of a row/],
    ["a run that is missing", { runs: exampleStudy.runs.slice(1) }, /runs .*none for row "retrain", seed 1/],
    [
      "a run too many",
      { runs: [...exampleStudy.runs, exampleStudy.runs[0]] },
      /one too many \(row "retrain", seed 1/,
    ],
    ["times that are missing", { times: { totalSeconds: 1, runs: [] } }, /times\.runs .*none for/],
    [
      "one label twice",
      { rows: [...exampleStudy.rows, exampleStudy.rows[0]] },
      /labels of rows must be unique, found "retrain"/,
    ],
    [
      "a name with a good end",
      { rows: [{ ...exampleStudy.rows[0], label: "attack success" }, ...exampleStudy.rows.slice(1)] },
      /without a good end/,
    ],
    [
      "a gap that is not the distance",
      {
        runs: exampleStudy.runs.map((run) =>
          run.row === "LTU" ? { ...run, gap: exampleStudy.runs[0]?.gap } : run,
        ),
      },
      /gap must be the mean distance/,
    ],
  ])("refuses %s", (_, change, pattern) => {
    const error = (() => {
      try {
        parseStudy(json({ ...exampleStudy, ...change }));
        return undefined;
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).toMatch(pattern);
  });

  it("measures each run from the retrained model of its own seed and value", () => {
    const runs = exampleSweep.runs.map((run) =>
      run.row === "retrain" && run.seed === 2 && run.value === 0.3
        ? { ...run, metrics: { ...run.metrics, ua: 40 } }
        : run,
    );
    expect(() => parseStudy({ ...exampleSweep, runs })).toThrow(/gap must be the mean distance/);
  });
});

describe("canonicalStudy", () => {
  it("leaves times and machine out of what must not change", () => {
    expect(Object.keys(canonicalStudy(exampleStudy))).not.toContain("times");
  });
});
