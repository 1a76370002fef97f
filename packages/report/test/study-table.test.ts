import { describe, expect, it } from "vitest";

import { parseStudy, studyMarkdown, studyTable, type Study } from "../src/index.ts";
import { exampleStudy, exampleSweep } from "./example-study.ts";

describe("the tables of a study", () => {
  it("has a line a row with mean and interval, the change from the default, and LTU's diagnostics", () => {
    const lines = studyTable(exampleStudy, { width: 140 }).split("\n");
    expect(lines[0]).toMatch(
      /^Row +Sees +UA +RA +TA +MIA +Avg\. Gap +Change +\|AUC - 1\/2\| +Conflicts +Cosine +RTE$/,
    );
    // t quantile 4.303, sd 1: half = 2.48; for the change 7, 7.5, 7: sd 0.289, half 0.72.
    expect(lines[3]).toMatch(/^LTU +30 % .* 77\.0\* +3\.00 ± 2\.48 +- +0\.030\* +90 % +-0\.070 +5\.0 s$/);
    expect(lines[4]).toMatch(/^no anchor .* \+7\.17 ± 0\.72 /);
    expect(lines[2]).toMatch(/^do-nothing .* - +- +5\.0 s$/);
    expect(lines.join("\n")).toContain("they are not ranked");
    // 1.1, 1.2, 1.3: sd 0.1, half 4.303 * 0.1 / sqrt(3) = 0.248.
    expect(lines.join("\n")).toContain("Noise floor 1.20 ± 0.25: Avg. Gap of 3 held-out oracles");
  });

  it("has a column a value of the axis, and every quantity in a second table", () => {
    const lines = studyTable(exampleSweep).split("\n");
    expect(lines[0]).toMatch(/^Method +Sees +retainFraction 0\.1 +retainFraction 0\.3$/);
    expect(lines[2]).toMatch(/^LTU +30 % +6\.00 ± 2\.48 +3\.00 ± 2\.48$/);
    const markdown = studyMarkdown(exampleSweep);
    expect(markdown).toContain("| LTU | 30 % | 6.00 ± 2.48 | 3.00 ± 2.48 |");
    expect(markdown).toContain("| LTU | 0.3 | 47.0 |");
    expect(markdown).toContain("- Noise floor not measured: no oracle was held out.");
  });

  it("shows no interval for one seed", () => {
    const one: Study = {
      ...exampleStudy,
      seeds: [1],
      runs: exampleStudy.runs.filter(({ seed }) => seed === 1),
      oracles: exampleStudy.oracles?.filter(({ seed }) => seed === 1),
      times: { ...exampleStudy.times, runs: exampleStudy.times.runs.filter(({ seed }) => seed === 1) },
    };
    const text = studyTable(parseStudy(one));
    expect(text).not.toContain("±");
    expect(text).toContain("Noise floor 1.10: Avg. Gap of one held-out oracle");
    expect(text.replaceAll(/\s+/g, " ")).toContain("one seed, so there is no interval");
  });

  it("counts the held-out oracles of a seed once, however many values an axis has", () => {
    const oracles = [1, 2, 3].flatMap((seed) =>
      [0.1, 0.3].map((value) => ({ seed, value, count: 3, heldOut: 1, noiseFloor: 1 + seed / 10 })),
    );
    // 1.1, 1.2 and 1.3: sd 0.1, half 4.303 * 0.1 / sqrt 3.
    expect(studyTable({ ...exampleSweep, oracles }, { width: 1000 })).toContain(
      "Noise floor 1.20 ± 0.25: Avg. Gap of 3 held-out oracles",
    );
  });
});
