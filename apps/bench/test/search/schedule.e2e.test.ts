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

  it("leaves its model in the store, where a run of that length and seed finds its held-out oracle", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "tiny.json");
    writeFileSync(file, JSON.stringify({ ...tinyExperiment, oracles: { count: 1, heldOut: 1 } }));
    const shared = ["--engine", "cpu", "--store", join(folder, "store")];
    const length = ["--seeds", "101", "--epochs", "3", "--reach", "1"];
    const out = (name: string): string[] => ["--out", join(folder, name)];
    const scheduled = await runBench(["schedule", file, ...shared, ...out("schedule"), ...length]);
    expect(scheduled.stderr).toBe("");
    const run = async (epochs: number): Promise<string> => {
      const keys = ["--set", "seed=101", "--set", `training.epochs=${epochs}`];
      const args = ["run", "--experiment", file, ...shared, ...out(`run-${epochs}`), ...keys];
      const { stdout, stderr } = await runBench(args);
      expect(stderr).toBe("");
      return stdout;
    };
    expect(await run(3)).toMatch(/retrain: held-out oracle 1: kept from an earlier run/);
    expect(await run(2)).toMatch(/retrain: held-out oracle 1: done/);
  }, 120_000);
});
