import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parseSchedule } from "@ltu/report";
import { describe, expect, it } from "vitest";

import { runBench, temporaryFolder, tinyExperiment } from "../run-bench.ts";

describe("schedule", () => {
  it("retrains for longer until the retain accuracy is reached, and no longer", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "tiny.json");
    writeFileSync(file, JSON.stringify(tinyExperiment));
    const args = ["schedule", file, "--engine", "cpu", "--out", join(folder, "out"), "--seeds", "101"];
    const { code, stdout, stderr } = await runBench([...args, "--epochs", "30,1,10,40", "--reach", "98"]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const found = parseSchedule(JSON.parse(readFileSync(join(folder, "out", "schedule.json"), "utf8")));
    const lengths = found.tried.map(({ epochs }) => epochs);
    expect(lengths).toEqual([1, 10, 30, 40].slice(0, lengths.length));
    expect(lengths.length).toBeGreaterThan(1);
    expect(found.chosen).toBe(lengths.at(-1));
    expect(stdout).toMatch(/chosen/);
    expect(stdout).not.toMatch(/train original/);
  }, 120_000);
});
