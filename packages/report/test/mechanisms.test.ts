import { describe, expect, it } from "vitest";

import { mechanismsReport, mechanismTable, parseMechanisms, type Mechanisms } from "../src/index.ts";
import { exampleMechanisms } from "./example-study.ts";

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

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

  it("have a page with a figure for each part", async () => {
    const html = await mechanismsReport(exampleMechanisms);
    expect(html.match(/<svg role="img"/g)).toHaveLength(2);
    expect(html).not.toMatch(/https?:|<script|<link/i);
  });
});
