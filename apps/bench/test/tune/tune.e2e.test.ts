import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { Tune } from "../../src/tune/assemble-tune.ts";
import { outcomeOf, runBench, startBench, temporaryFolder, tinyExperiment } from "../run-bench.ts";

const experiment = {
  ...tinyExperiment,
  training: { ...tinyExperiment.training, epochs: 10 },
  methods: [{ name: "random-labels", options: { retainAccess: "rho" } }],
};

function fileIn(folder: string): string {
  const path = join(folder, "tiny.json");
  writeFileSync(path, JSON.stringify(experiment));
  return path;
}

const argsOf = (folder: string, out: string, extra: readonly string[] = []): string[] => [
  "tune",
  fileIn(folder),
  "--engine",
  "cpu",
  "--out",
  join(folder, out),
  "--store",
  join(folder, "store"),
  ...extra,
];

const read = (folder: string, out: string): Tune =>
  JSON.parse(readFileSync(join(folder, out, "tune.json"), "utf8")) as Tune;

describe("a search of two methods at two pilot seeds", () => {
  it(
    "goes on after it was killed, keeps every trial, chooses by the rule, and finds all again",
    { timeout: 300_000 },
    async () => {
      const folder = temporaryFolder();
      const asked = [
        "--method",
        "random-labels",
        "--method",
        "finetune",
        "--configs",
        "3",
        "--seeds",
        "101,102",
      ];
      const child = startBench(argsOf(folder, "a", asked));
      let isStopped = false;
      child.stdout?.on("data", (chunk: Buffer) => {
        if (isStopped || !/try random-labels lr=0\.01 .*\(seed 101\): started/.test(chunk.toString())) return;
        isStopped = true;
        child.kill("SIGKILL");
      });
      await outcomeOf(child);
      expect(existsSync(join(folder, "a", "tune.json"))).toBe(false);

      const { code, stdout, stderr } = await runBench(argsOf(folder, "a", asked));
      expect(stderr).toBe("");
      expect(code).toBe(0);
      expect(stdout).toMatch(/\] try random-labels lr=0\.001 order=\w+ \(seed 101\): kept/);
      expect(stdout.match(/\] try finetune lr=0\.1 \(seed 10[12]\): done/g)).toHaveLength(2);
      expect(stdout).toMatch(/chosen: finetune \d, .* on validation images; 3 tried, 0 failed/);

      const tune = read(folder, "a");
      expect(tune).toMatchObject({ kind: "tune", measuredOn: "validation", seeds: [101, 102] });
      expect(tune.methods.map(({ method }) => method)).toEqual(["random-labels", "finetune"]);
      for (const { trials, choice } of tune.methods) {
        const means = trials.map(({ seeds }) => {
          const values = seeds.map((run) => ("gap" in run && "value" in run.gap! ? run.gap.value : Infinity));
          return values.reduce((a, b) => a + b, 0) / 2;
        });
        expect(means).toHaveLength(3);
        expect(choice).toMatchObject({ index: means.indexOf(Math.min(...means)), tried: 3 });
      }

      const again = await runBench(argsOf(folder, "b", asked));
      expect(again.stdout).not.toMatch(/: started$/m);
      expect(read(folder, "b")).toEqual(tune);

      // A larger search makes only what is new: 5 values hold the 3.
      const more = await runBench(
        argsOf(folder, "c", ["--method", "finetune", "--configs", "5", "--seeds", "101"]),
      );
      expect(more.stdout.match(/\] try finetune .*: started$/gm)).toHaveLength(2);
    },
  );
});

describe("a search with bad input", { concurrent: true }, () => {
  it.each<[string, readonly string[], RegExp]>([
    ["no method", [], /--method/],
    ["a method that is none", ["--method", "retrain"], /--method must be one of/],
    ["a seed that is reported on", ["--method", "finetune", "--seeds", "1,101"], /not reported on, found 1/],
    ["a seed that is none", ["--method", "finetune", "--seeds", "1.5"], /whole number/],
    ["no configuration", ["--method", "finetune", "--configs", "0"], /found 0/],
  ])("refuses %s in one sentence and writes nothing", async (_, extra, pattern) => {
    const folder = temporaryFolder();
    const { code, stderr } = await runBench(argsOf(folder, "out", extra));
    expect(stderr).toMatch(pattern);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});
