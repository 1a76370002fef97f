import { describe, expect, it } from "vitest";

import { parseSchedule, scheduleDocument, scheduleTable, type ScheduleSearch } from "../src/index.ts";

const tried = (epochs: number, ra: readonly number[]): ScheduleSearch["tried"][number] => ({
  epochs,
  readings: ra.map((each, i) => ({ seed: 101 + i, ra: each, ta: 60, seconds: 10 * epochs })),
});
/** Made-up numbers. */
const search: ScheduleSearch = {
  schemaVersion: 1,
  kind: "schedule",
  name: "example-schedule",
  config: {},
  reach: 98,
  seeds: [101, 102],
  tried: [tried(10, [90, 92]), tried(20, [97.5, 98.4]), tried(30, [98.2, 98.4])],
  chosen: 30,
  engine: { name: "cpu", threads: 1 },
  versions: {},
};

describe("a search of the shortest schedule", () => {
  it("chooses the first whose mean reaches what was asked for", () => {
    expect(parseSchedule(JSON.parse(JSON.stringify(search)))).toEqual(search);
    // 97.95 is below 98, whatever one seed reached.
    expect(() => parseSchedule({ ...search, chosen: 20 })).toThrow(
      /chosen must be the shortest that reaches 98 %, 30, found 20/,
    );
    expect(() => parseSchedule({ ...search, reach: 99 })).toThrow(/null, found 30/);
  });

  it("shows what fell short", () => {
    expect(scheduleTable(search)).toMatch(/30 +98\.30 ± 1\.27 +60\.0 ± 0\.0 +300 ± 0 +chosen/);
    expect(scheduleDocument(search).markdown).toContain("| 20 | 97.95 ± 5.72 | 60.0 ± 0.0 | 200 ± 0 |  |");
  });
});
