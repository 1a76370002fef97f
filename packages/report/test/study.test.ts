import { describe, expect, it } from "vitest";

import { intervalFigure } from "../src/figures/interval-points.ts";
import { studyCosineFigure } from "../src/figures/study-cosine.ts";
import {
  canonicalStudy,
  mechanismsReport,
  mechanismTable,
  parseMechanisms,
  parseStudy,
  studyMarkdown,
  studyReport,
  studyTable,
  type Mechanisms,
  type Study,
} from "../src/index.ts";
import { meanCell, overSeeds } from "../src/over-seeds.ts";
import { studyHeadline } from "../src/study-headline.ts";
import { studySummaries } from "../src/study-summary.ts";
import { exampleMechanisms, exampleStudy, exampleSweep } from "./example-study.ts";

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

describe("parseStudy", () => {
  it("gives back what is right", () => {
    for (const study of [exampleStudy, exampleSweep]) expect(parseStudy(json(study))).toEqual(study);
  });

  it.each<[string, object, RegExp]>([
    ["another version", { schemaVersion: 2 }, /schemaVersion must be 1, found 2/],
    ["another kind", { kind: "mechanisms" }, /kind must be study, found "mechanisms"/],
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

describe("the summary of a study", () => {
  it("is the mean over seeds, and the change seed by seed", () => {
    const noAnchor = studySummaries(exampleStudy).find(({ row }) => row.label === "no anchor");
    expect(noAnchor?.gap.mean).toBeCloseTo((9 + 10.5 + 11) / 3, 10);
    // 9 - 2, 10.5 - 3, 11 - 4
    expect(noAnchor?.change?.values).toEqual([7, 7.5, 7]);
    expect(noAnchor?.seconds.mean).toBe(5);
  });

  it("leaves out seeds without a number and counts them", () => {
    const over = overSeeds([1, { reason: "NO_SIGNAL" }, 3, undefined]);
    expect([over.mean, over.missing, over.interval?.mean]).toEqual([2, 2, 2]);
    expect(meanCell(overSeeds([]), 2)).toBe("n/a");
    expect(meanCell(overSeeds([2]), 1)).toBe("2.0");
    expect(meanCell(overSeeds([-0.0001]), 1, true)).toBe("0.0");
  });
});

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
  });

  it("has a column a value of the axis, and every quantity in a second table", () => {
    const lines = studyTable(exampleSweep).split("\n");
    expect(lines[0]).toMatch(/^Method +Sees +retainFraction 0\.1 +retainFraction 0\.3$/);
    expect(lines[2]).toMatch(/^LTU +30 % +6\.00 ± 2\.48 +3\.00 ± 2\.48$/);
    const markdown = studyMarkdown(exampleSweep);
    expect(markdown).toContain("| LTU | 30 % | 6.00 ± 2.48 | 3.00 ± 2.48 |");
    expect(markdown).toContain("| LTU | 0.3 | 47.0 |");
  });

  it("shows no interval for one seed", () => {
    const one: Study = {
      ...exampleStudy,
      seeds: [1],
      runs: exampleStudy.runs.filter(({ seed }) => seed === 1),
      times: { ...exampleStudy.times, runs: exampleStudy.times.runs.filter(({ seed }) => seed === 1) },
    };
    const text = studyTable(parseStudy(one));
    expect(text).not.toContain("±");
    expect(text.replaceAll(/\s+/g, " ")).toContain("one seed, so there is no interval");
  });
});

describe("the headline of a study", () => {
  it("names only changes whose interval leaves out 0", () => {
    const text = studyHeadline(exampleStudy);
    expect(text).toContain('"LTU" ends 3.0 ± 2.5 points');
    expect(text).toContain("Clearly further away: no anchor (+7.2 ± 0.7).");
    expect(text).not.toContain("second order");
    expect(text).toContain("For 1 of 2 changes the interval holds 0");
    expect(text).not.toMatch(/\bbest\b|rank(?!ed)/);
  });

  it("counts pairs of methods whose intervals do not overlap", () => {
    expect(studyHeadline(exampleSweep)).toContain(
      "Of 2 pairs of methods with the same data, 2 have intervals",
    );
  });
});

describe("intervalFigure", () => {
  it("says means and intervals in words, and cuts long bars at its edge", () => {
    const figure = intervalFigure(
      [
        { series: "a", x: 0.1, over: overSeeds([1, 2]) },
        { series: "a", x: 0.3, over: overSeeds([2, 2]) },
      ],
      { id: "f", title: "t", xTitle: "x", yTitle: "gap", range: [0, 100] },
    );
    expect(figure?.alt).toBe("Lines with 95 % intervals; gap. a at 0.1: 1.5 ± 6.353; a at 0.3: 2 ± 0.");
    const lows = JSON.stringify(figure?.spec).match(/"low":-?[\d.]+/g);
    expect(lows).toEqual(['"low":0.5', '"low":2']);
  });

  it("is absent without a number", () => {
    const points = [{ series: "a", x: "b", over: overSeeds([]) }];
    expect(intervalFigure(points, { id: "f", title: "t", xTitle: "", yTitle: "" })).toBeUndefined();
  });
});

describe("studyCosineFigure", () => {
  it("has one small figure for each row with a cosine", () => {
    expect(studyCosineFigure(exampleStudy)?.alt).toContain("LTU -0.08, no anchor -0.08");
    const runs = exampleStudy.runs.map((run) => ({ ...run, cosine: undefined }));
    expect(studyCosineFigure({ ...exampleStudy, runs })).toBeUndefined();
  });
});

describe("studyReport", () => {
  it(
    "is one file that asks for nothing else, with figures, tables and what was not tested",
    { timeout: 60_000 },
    async () => {
      for (const study of [exampleStudy, exampleSweep]) {
        const html = await studyReport(study);
        expect(html).not.toMatch(/https?:|<script|<link|<img|url\(|\bsrc=/i);
        expect(html.match(/<svg role="img"/g)).toHaveLength(2);
        expect(html).toContain("<h2>What was not tested</h2>");
        expect(html).toContain("3.00 ± 2.48");
        expect(html).not.toMatch(/is better|\bbest\b|outperform/i);
        expect(await studyReport(structuredClone(study))).toBe(html);
      }
    },
  );

  it("leaves times and machine out of what must not change", () => {
    expect(Object.keys(canonicalStudy(exampleStudy))).not.toContain("times");
  });
});

describe("mechanisms", () => {
  it("are checked as a whole", () => {
    expect(parseMechanisms(json(exampleMechanisms))).toEqual(exampleMechanisms);
    const changed = (change: object): Mechanisms => {
      const [first, ...rest] = exampleMechanisms.parts;
      return { ...exampleMechanisms, parts: [{ ...first!, ...change }, ...rest] };
    };
    for (const [change, pattern] of [
      [{ seeds: [1] }, /a number for each of its 1 seeds, found 2 in "with" at 0/],
      [{ x: { name: "gap", isNumber: false } }, /must have names on its x axis, found 0 in "with"/],
      [
        { contrast: { name: "c", of: "with", minus: "none" } },
        /contrasts "none", which is none of its series/,
      ],
      [{ id: "rules" }, /ids of parts must be unique, found "rules"/],
      [{ y: { name: "MIA accuracy" } }, /without a good end/],
      [{ best: 1 }, /parts\[0\] has the unknown name "best"/],
    ] as const)
      expect(() => parseMechanisms(changed(change))).toThrow(pattern);
    expect(() => parseMechanisms({ ...exampleMechanisms, schemaVersion: 7 })).toThrow(RangeError);
  });

  it("have a table with a contrast taken seed by seed", () => {
    const lines = mechanismTable(exampleMechanisms.parts[0]!).split("\n");
    expect(lines[0]).toMatch(/^task gap +with +without +with against without$/);
    // 1 - 1.5 and 2 - 3: mean -0.75, sd 0.354, half 12.706 * 0.25 = 3.177
    expect(lines[1]).toMatch(/^0 +1\.500 ± 6\.353 +2\.250 ± 9\.530 +-0\.750 ± 3\.177$/);
    expect(lines.join("\n")).toContain("Less is more.");
  });

  it("have a page with a figure for each part", { timeout: 60_000 }, async () => {
    const html = await mechanismsReport(exampleMechanisms);
    expect(html.match(/<svg role="img"/g)).toHaveLength(2);
    expect(html).not.toMatch(/https?:|<script|<link/i);
  });
});
