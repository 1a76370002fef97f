import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { canonicalStudy, parseMechanisms, parseStudy } from "@ltu/report";
import { describe, expect, it } from "vitest";

import {
  type BenchOutcome,
  cpuInto,
  outcomeOf,
  runBench,
  startBench,
  temporaryFolder,
  tinyExperiment,
} from "./run-bench.ts";

const study = {
  schemaVersion: 1,
  kind: "study",
  name: "tiny-study",
  experiment: tinyExperiment,
  overrides: { training: { epochs: 10 } },
  seeds: [1, 2],
  axis: { key: "retainFraction", values: [0.3, 0.6] },
};

function fileOf(folder: string, change: object = {}): string {
  const path = join(folder, "study.json");
  writeFileSync(path, JSON.stringify({ ...study, ...change }));
  return path;
}

const argsOf = (folder: string, out: string): string[] => [
  "run",
  "--experiment",
  fileOf(folder),
  ...cpuInto(folder, out),
];

const run = (folder: string, out: string, args: readonly string[] = []): Promise<BenchOutcome> =>
  runBench([...argsOf(folder, out), ...args]);

const read = (folder: string, out: string): unknown =>
  JSON.parse(readFileSync(join(folder, out, "study.json"), "utf8")) as unknown;

describe("a study of two seeds and two values", () => {
  it("makes shared stages once, stops and goes on, and is kept from the store", async () => {
    const folder = temporaryFolder();
    const child = startBench(argsOf(folder, "a"));
    let isStopped = false;
    child.stdout?.on("data", (chunk: Buffer) => {
      if (isStopped || !/retrain \(seed 1\): started/.test(chunk.toString())) return;
      isStopped = true;
      child.kill("SIGINT");
    });
    expect((await outcomeOf(child)).code).toBe(130);

    const first = await run(folder, "a");
    expect(first.stderr).toBe("");
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/study +4 runs, seeds 1, 2, retainFraction 0\.3, 0\.6/);
    expect(first.stdout).toMatch(/stages +\d+, 28 shared between runs/);
    expect(first.stdout.match(/\] train original \(seed 1\): kept/g)).toHaveLength(1);
    expect(first.stdout.match(/\] train original \(seed 2\): done/g)).toHaveLength(1);
    expect(first.stdout).toMatch(/LTU recommended +varies +\d+\.\d\d ± \d+\.\d\d/);
    const made = parseStudy(read(folder, "a"));
    expect(made.rows.map(({ label }) => label)).toEqual([
      "retrain",
      "do-nothing",
      "finetune",
      "random-labels (all)",
      "LTU literal",
      "LTU recommended",
    ]);
    expect(made.runs).toHaveLength(6 * 4);
    expect(made.oracles).toHaveLength(4);
    expect(first.stdout).toMatch(/Noise floor not measured/);
    expect(made.runs.filter(({ row }) => row === "LTU literal").every(({ cosine }) => cosine)).toBe(true);

    const again = await run(folder, "b");
    expect(again.stdout).not.toMatch(/: started$/m);
    expect(canonicalStudy(parseStudy(read(folder, "b")))).toEqual(canonicalStudy(made));

    // Another value costs only what depends on it.
    const more = await run(folder, "c", ["--set", "axis.values=[0.3,0.6,0.9]", "--set", "seeds=[1]"]);
    const started = [...more.stdout.matchAll(/\] (.+) \(seed 1\): started$/gm)].map(([, stage]) => stage);
    expect(started[0]).toBe("draw 90 % of the retain set");
    expect(started.some((stage) => /train/.test(stage ?? ""))).toBe(false);

    const page = await runBench([
      "report",
      join(folder, "a", "study.json"),
      "--out",
      join(folder, "page.html"),
    ]);
    expect(page.code).toBe(0);
    expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("Study: tiny-study");

    const file = join(folder, "docs", "tiny.md");
    const document = ["report", join(folder, "a", "study.json"), "--docs", file];
    expect((await runBench(document)).code).toBe(0);
    const numbers = readFileSync(file, "utf8");
    expect(readFileSync(join(folder, "docs", "tiny-study-study-gaps.svg"), "utf8")).toMatch(/^<svg/);
    expect(numbers).toContain("(tiny-study-study-gaps.svg)");
    // Words around the marks stay; what is between them is replaced.
    writeFileSync(file, `${numbers.replace("](tiny-study", "](gone")}\nOur words.\n`);
    expect((await runBench(document)).code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(`${numbers}\nOur words.\n`);
    writeFileSync(file, "No marks.\n");
    const refused = await runBench(document);
    expect(refused.stderr).toMatch(/^report: expected the lines "<!-- numbers of tiny-study: begin -->"/);
    expect(refused.code).toBe(2);
    expect(readFileSync(file, "utf8")).toBe("No marks.\n");
  });
});

describe("mechanisms", () => {
  it("run at a reduced size and are kept from the store", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "mechanisms.json");
    const experiment = { ...tinyExperiment, methods: [{ name: "do-nothing" }] };
    writeFileSync(
      path,
      JSON.stringify({
        schemaVersion: 1,
        kind: "mechanisms",
        name: "tiny-mechanisms",
        metaStep: { seeds: [1], gaps: [0, 1] },
        harmonization: { seeds: [1, 2], rules: ["off", "both", "upgrad"] },
        diversity: { experiment, seeds: [1], attacks: ["phi-logistic", "entropy-mlp"] },
      }),
    );
    const args = ["run", "--experiment", path, "--engine", "cpu", "--out", join(folder, "out")];
    const { code, stderr } = await runBench(args);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const { parts } = parseMechanisms(read(folder, "out"));
    expect(parts.map(({ id }) => id)).toEqual(["meta-step", "harmonization", "attacks", "pairs", "likeness"]);
    expect((await runBench(args)).stdout).not.toMatch(/: started$/m);
  });
});

describe("a study with bad input", { concurrent: true }, () => {
  it.each<[string, object, readonly string[], RegExp]>([
    ["an unknown key", { sedes: [1] }, [], /"sedes".*did you mean "seeds"/],
    ["no seeds", { seeds: [] }, [], /"seeds".*at least one seed/],
    [
      "an axis that does not exist",
      { axis: { key: "retainFracton", values: [0.3] } },
      [],
      /"retainFracton".*did you mean "retainFraction"/,
    ],
    ["a value that cannot be", { axis: { key: "retainFraction", values: [1.5] } }, [], /found 1\.5/],
    ["a base that does not exist", { experiment: "cifar10-smal" }, [], /did you mean "cifar10-small"/],
    ["a base that is a study", { experiment: "ablation" }, [], /must name a plain experiment/],
    ["a kind that is none", { kind: "studie" }, [], /kind must be/],
    ["a seed beside its own", {}, ["--seed", "3"], /has seeds of its own/],
  ])("refuses %s in one sentence and writes nothing", async (_, change, args, pattern) => {
    const folder = temporaryFolder();
    const out = join(folder, "out");
    const { code, stderr } = await runBench([
      "run",
      "--experiment",
      fileOf(folder, change),
      "--engine",
      "cpu",
      "--out",
      out,
      ...args,
    ]);
    expect(stderr).toMatch(pattern);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });
});
