import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { canonicalStudy, parseStudy, type Study } from "@ltu/report";
import { describe, expect, it } from "vitest";

import { outcomeOf, runBench, startBench, temporaryFolder, tinyExperiment } from "../run-bench.ts";

const study = {
  schemaVersion: 1,
  kind: "study",
  name: "tiny-table",
  experiment: {
    ...tinyExperiment,
    training: { ...tinyExperiment.training, epochs: 10 },
    oracles: { count: 2, heldOut: 1 },
    methods: [
      { name: "do-nothing" },
      { name: "finetune", options: { retainAccess: "full", epochs: 2 } },
      { name: "ltu", options: { epochs: 2 } },
    ],
  },
  seeds: [1, 2],
  against: "LTU recommended",
};

const started = (stdout: string): string[] =>
  [...stdout.matchAll(/\] (.*): started$/gm)].map(([, stage]) => stage as string);

describe("a study whose readings are kept", () => {
  it("goes on from them on another machine, makes what is new alone, and gives the same", async () => {
    const folder = temporaryFolder();
    const trials = join(folder, "trials");
    const file = join(folder, "study.json");
    writeFileSync(file, JSON.stringify(study));
    const args = (out: string, ...set: string[]): string[] => [
      "run",
      "--experiment",
      file,
      "--engine",
      "cpu",
      "--out",
      join(folder, out),
      "--trials",
      trials,
      ...set,
    ];
    const read = (out: string): Study =>
      parseStudy(JSON.parse(readFileSync(join(folder, out, "study.json"), "utf8")));
    const numbers = (out: string): unknown => {
      const { stages: _stages, ...rest } = canonicalStudy(read(out));
      return rest;
    };
    const lines = (): number =>
      readdirSync(trials).reduce(
        (sum, name) => sum + readFileSync(join(trials, name), "utf8").split("\n").length - 1,
        0,
      );

    const child = startBench(args("a"));
    let isStopped = false;
    child.stdout?.on("data", (chunk: Buffer) => {
      if (isStopped || !/unlearn: LTU recommended \(seed 1\): started/.test(chunk.toString())) return;
      isStopped = true;
      child.kill("SIGKILL");
    });
    await outcomeOf(child);
    // Of the first seed: what its rows share, three retrained models, two rows.
    expect(lines()).toBe(6);

    const on = await runBench(args("b"));
    expect(on.stderr).toBe("");
    expect(on.code).toBe(0);
    expect(started(on.stdout).filter((stage) => /seed 1/.test(stage) && /train|unlearn/.test(stage))).toEqual(
      ["train original (seed 1)", "unlearn: LTU recommended (seed 1)"],
    );
    expect(
      started(on.stdout).filter((stage) => /^(train oracle|retrain|train held-out)/.test(stage)),
    ).toHaveLength(3);
    expect(lines()).toBe(14);
    const made = read("b");
    expect(made.oracles?.map(({ count, heldOut }) => [count, heldOut])).toEqual([
      [2, 1],
      [2, 1],
    ]);
    // The retrained model's cost is one retraining; LTU's holds what its attacks were fitted on.
    const costOf = (row: string): { imagesForward: number } =>
      made.runs.find((run) => run.row === row)!.cost!;
    expect(costOf("retrain").imagesForward).toBe(1800);
    expect(costOf("LTU recommended").imagesForward).toBeGreaterThan(54 + 100);
    expect(made.times.runs.every(({ shareOfRetrain }) => shareOfRetrain !== null)).toBe(true);

    const again = await runBench(args("c"));
    expect(started(again.stdout)).toEqual([]);
    expect(numbers("c")).toEqual(numbers("b"));

    const other = await runBench(args("d", "--set", "experiment.methods.1.options.epochs=1"));
    expect(started(other.stdout).filter((stage) => stage.startsWith("unlearn"))).toEqual([
      "unlearn: finetune (all) (seed 1)",
      "unlearn: finetune (all) (seed 2)",
    ]);
  }, 300_000);
});
