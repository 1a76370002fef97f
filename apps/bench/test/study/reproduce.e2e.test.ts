import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { gapTo, parseStudy, type Study } from "@ltu/report";
import { describe, expect, it } from "vitest";

import { type BenchOutcome, cpuInto, runBench, temporaryFolder, tinyExperiment } from "../run-bench.ts";

const study = {
  schemaVersion: 1,
  kind: "study",
  name: "tiny-table",
  experiment: {
    ...tinyExperiment,
    training: { ...tinyExperiment.training, epochs: 10 },
    methods: [
      { name: "do-nothing" },
      { name: "random-labels", label: "labels", options: { retainAccess: "full", epochs: 2 } },
    ],
  },
  seeds: [1, 2, 3],
};

describe("reproduce", () => {
  const folder = temporaryFolder();
  const stored = join(folder, "stored", "study.json");
  const again = (file: string, out: string, ...args: string[]): Promise<BenchOutcome> =>
    runBench(["reproduce", file, ...cpuInto(folder, out), ...args]);
  const read = (): Study => parseStudy(JSON.parse(readFileSync(stored, "utf8")));

  it("passes where nothing has changed, at the stored seeds and at fewer", async () => {
    const file = join(folder, "study-file.json");
    writeFileSync(file, JSON.stringify(study));
    const first = await runBench([
      "run",
      "--experiment",
      file,
      "--engine",
      "cpu",
      "--out",
      join(folder, "stored"),
      "--store",
      join(folder, "first-store"),
    ]);
    expect(first.code).toBe(0);
    const whole = await again(stored, "a");
    expect(whole.stderr).toBe("");
    // Four of the retrained model, five of each of two rows.
    expect(whole.stdout).toContain("reproduced 14 of 14 numbers of tiny-table at seeds 1, 2, 3");
    expect(whole.code).toBe(0);
    const fewer = await again(stored, "b", "--seeds", "2");
    expect(fewer.stderr).toBe("");
    expect(fewer.stdout).toContain("reproduced 14 of 14 numbers of tiny-table at seeds 2");
    expect(fewer.code).toBe(0);
  }, 180_000);

  it("fails with one sentence a number where a stored number was changed", async () => {
    const made = read();
    const runs = made.runs.map((run) => {
      if (run.row !== "labels") return run;
      const metrics = { ...run.metrics, ta: (run.metrics.ta as number) - 40 };
      const oracle = made.runs.find(({ row, seed }) => row === "retrain" && seed === run.seed)!;
      return { ...run, metrics, gap: gapTo(metrics, oracle.metrics) };
    });
    const file = join(folder, "planted.json");
    writeFileSync(file, JSON.stringify(parseStudy({ ...made, runs })));
    const { code, stdout, stderr } = await again(file, "c");
    expect(code).toBe(1);
    expect(stdout).toMatch(/reproduced 1[23] of 14 numbers/);
    expect(stderr).toMatch(
      /^reproduce: expected TA of labels to be [\d.]+ \([-\d.]+ to [-\d.]+\), found [\d.]+; find what/m,
    );
    const sentences = stderr.trimEnd().split("\n");
    expect(sentences.every((line) => line.startsWith("reproduce: expected "))).toBe(true);
    expect(sentences.every((line) => / (TA|Avg\. Gap) of labels /.test(line))).toBe(true);
  }, 120_000);

  it("refuses what is not stored, in one sentence and before any work", async () => {
    const { code, stderr } = await again("no-such-table", "d");
    expect(stderr).toMatch(/^reproduce: expected a stored study, found no file .*no-such-table\.json/);
    expect(code).toBe(2);
    expect(existsSync(join(folder, "d"))).toBe(false);
  });
});
