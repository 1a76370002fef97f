import { appendFileSync, cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parseSearch, searchGap, shortlistOf, type Search } from "@ltu/report";
import { beforeAll, describe, expect, it } from "vitest";

import { cpuInto, outcomeOf, runBench, startBench, temporaryFolder, tinyExperiment } from "../run-bench.ts";

const experiment = {
  ...tinyExperiment,
  training: { ...tinyExperiment.training, epochs: 10 },
  methods: [{ name: "random-labels", options: { retainAccess: "rho" } }],
};
const lr = { scale: "log", from: 1e-3, to: 0.5 };
const search = {
  schemaVersion: 1,
  kind: "search",
  name: "tiny-search",
  experiment,
  seeds: [101, 102],
  rows: [
    { label: "random labels", method: "random-labels", options: { retainAccess: "rho" }, count: 3 },
    {
      label: "finetune (all)",
      method: "finetune",
      options: { retainAccess: "full" },
      ranges: { lr },
      count: 2,
    },
  ],
};

function fileIn(folder: string, name: string, json: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(json));
  return path;
}

const read = (folder: string, out: string): Search =>
  parseSearch(JSON.parse(readFileSync(join(folder, out, "search.json"), "utf8")));
const started = (stdout: string): string[] =>
  [...stdout.matchAll(/\] (.*): started$/gm)].map(([, stage]) => stage as string);
const linesIn = (folder: string): number =>
  readdirSync(folder).reduce(
    (sum, file) => sum + readFileSync(join(folder, file), "utf8").split("\n").length - 1,
    0,
  );

describe("a search", () => {
  const folder = temporaryFolder();
  const trials = join(folder, "trials");
  /** Every run has a store of its own, as on another machine: only the trials are shared. */
  const argsOf = (
    out: string,
    { file = "search.json", kept = trials, set = [] as string[] } = {},
  ): string[] => [
    "run",
    "--experiment",
    join(folder, file),
    "--engine",
    "cpu",
    "--out",
    join(folder, out),
    "--trials",
    kept,
    ...set,
  ];
  beforeAll(() => void fileIn(folder, "search.json", search));

  it("keeps each trial at once, and goes on from there on another machine after it was killed", async () => {
    const child = startBench(argsOf("a"));
    let isStopped = false;
    child.stdout?.on("data", (chunk: Buffer) => {
      if (isStopped || !/try finetune \(all\) lr=0\.5 .*\(seed 101\): started/.test(chunk.toString())) return;
      isStopped = true;
      child.kill("SIGKILL");
    });
    await outcomeOf(child);
    expect(existsSync(join(folder, "a", "search.json"))).toBe(false);
    // The retrained models of the first seed and four of its five trials.
    expect(linesIn(trials)).toBe(5);

    const { code, stdout, stderr } = await runBench(argsOf("b"));
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const ran = started(stdout);
    expect(ran.filter((stage) => /^try .*seed 101/.test(stage))).toEqual([
      "try finetune (all) lr=0.5 (seed 101)",
    ]);
    expect(ran.filter((stage) => /^try .*seed 102/.test(stage))).toHaveLength(5);
    // Its retrained models are known, so the first seed trains its original alone.
    expect(ran.filter((stage) => /^(retrain|train original)/.test(stage)).sort()).toEqual([
      "retrain (seed 102)",
      "train original (seed 101)",
      "train original (seed 102)",
    ]);
    expect(stdout).toMatch(/10 trials, 4 of them kept before/);
    expect(linesIn(trials)).toBe(12);

    const found = read(folder, "b");
    expect(found).toMatchObject({ measuredOn: "validation", seeds: [101, 102] });
    expect(found.rows.map(({ label, trials: { length } }) => [label, length])).toEqual([
      ["random labels", 3],
      ["finetune (all)", 2],
    ]);
    for (const row of found.rows) {
      const means = row.trials.map(({ seeds }) => {
        const gaps = seeds.map((reading) => searchGap(reading, found));
        return gaps.reduce<number>((sum, gap) => sum + (typeof gap === "number" ? gap / 2 : Infinity), 0);
      });
      expect(row.choice).toMatchObject({ index: means.indexOf(Math.min(...means)) });
      expect(row.trials.every(({ seeds }) => seeds.every(({ seconds }) => (seconds ?? 0) > 0))).toBe(true);
    }
    expect(stdout).toMatch(/chosen: finetune \(all\) \d, lr .* on validation images; 2 tried, 0 failed/);
  }, 300_000);

  it("tries at the second seed what was best at the first alone, where it has a shortlist", async () => {
    fileIn(folder, "short.json", { ...search, shortlist: 0.5 });
    const kept = join(folder, "short-trials");
    const { code, stdout, stderr } = await runBench(argsOf("short", { file: "short.json", kept }));
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const [all, cut] = [read(folder, "b"), read(folder, "short")];
    cut.rows.forEach((row, r) => {
      const gaps = row.trials.map(({ seeds: [first] }) => searchGap(first!, cut));
      const goesOn = shortlistOf(gaps, 0.5);
      expect(goesOn).toHaveLength(r === 0 ? 2 : 1);
      row.trials.forEach((trial, i) => {
        const whole = all.rows[r]!.trials[i]!;
        expect(trial.seeds.map(({ seed }) => seed)).toEqual(goesOn.includes(i) ? [101, 102] : [101]);
        // A trial is the same whether or not others are tried beside it.
        trial.seeds.forEach((reading, s) =>
          expect(searchGap(reading, cut)).toEqual(searchGap(whole.seeds[s]!, all)),
        );
      });
      expect(goesOn).toContain((row.choice as { index: number }).index);
    });
    expect(started(stdout).filter((stage) => /^try .*seed 102/.test(stage))).toHaveLength(3);
    expect(cut.rule).toContain("the best 50 % at seed 101 went on to the other seeds");
  }, 300_000);

  it("runs nothing where everything is there, and gives the same", async () => {
    const { code, stdout } = await runBench(argsOf("c"));
    expect(code).toBe(0);
    expect(started(stdout)).toEqual([]);
    expect(read(folder, "c")).toEqual(read(folder, "b"));
  }, 60_000);

  it("makes a trial anew where an option is another", async () => {
    const set = ["--set", "rows.1.ranges.lr.to=0.6"];
    const { stdout } = await runBench(argsOf("d", { set }));
    expect(started(stdout).filter((stage) => stage.startsWith("try"))).toEqual([
      "try finetune (all) lr=0.6 (seed 101)",
      "try finetune (all) lr=0.6 (seed 102)",
    ]);
  }, 120_000);

  it("becomes a document with every trial", async () => {
    const docs = join(folder, "docs", "tiny-search.md");
    const { code } = await runBench(["report", join(folder, "b", "search.json"), "--docs", docs]);
    expect(code).toBe(0);
    const text = readFileSync(docs, "utf8");
    expect(text).toContain("<details><summary>finetune (all): 2 configurations</summary>");
    expect(text).toContain("lr 0.001 to 0.5 (log), epochs 10");
    expect(read(folder, "b")).toEqual(
      parseSearch(JSON.parse(readFileSync(join(folder, "docs", "tiny-search.json"), "utf8"))),
    );
    const page = await runBench(["report", join(folder, "b", "search.json")]);
    expect(page.stderr).toMatch(/a search has no page.*--docs/);
  }, 60_000);

  it("takes in the trials of documents, those of earlier versions too", async () => {
    const found = read(folder, "b");
    const [labels, finetune] = found.rows;
    const tune = {
      schemaVersion: 1,
      kind: "tune",
      experiment: { name: "tiny", config: { ...experiment, name: "renamed" } },
      measuredOn: "validation",
      seeds: found.seeds,
      retrain: found.retrain,
      methods: [
        {
          method: "random-labels",
          grid: { factory: "random-labels" },
          base: { retainAccess: "rho" },
          trials: labels!.trials.map(({ options, seeds }) => ({
            options,
            seeds: seeds.map(({ seconds: _seconds, ...reading }) => ({
              ...reading,
              gap: { value: 1, parts: {} },
            })),
          })),
        },
      ],
      engine: { name: "cpu", threads: 1 },
      versions: found.versions,
    };
    const kept = join(folder, "taken");
    const take = (...files: string[]): ReturnType<typeof runBench> =>
      runBench([
        "trials",
        join(folder, "search.json"),
        "--trials",
        kept,
        "--engine",
        "cpu",
        ...files.flatMap((file) => ["--add", file]),
      ]);
    const first = await take(fileIn(folder, "tune.json", tune));
    expect(first.stderr).toBe("");
    expect(first.stdout).toMatch(/added 8 readings of .*tune\.json; 0 were there before, 0 belong to no row/);
    expect(first.stdout).toMatch(/random labels: 3 of 3 at seed 101, 3 of 3 at seed 102/);
    expect(first.stdout).toMatch(/finetune \(all\): 0 of 2 at seed 101/);
    const second = await take(join(folder, "b", "search.json"));
    expect(second.stdout).toMatch(/added 4 readings of .*; 8 were there before/);
    const { stdout } = await runBench(argsOf("e", { kept }));
    expect(started(stdout)).toEqual([]);
    const again = read(folder, "e");
    expect(again.rows.map(({ choice }) => choice)).toEqual(found.rows.map(({ choice }) => choice));
    expect(again.rows[1]).toEqual(finetune);

    const other = { ...tune, experiment: { name: "tiny", config: { ...experiment, retainFraction: 0.4 } } };
    expect((await take(fileIn(folder, "other.json", other))).stderr).toMatch(
      /expected the data, sets, model and recipe of the search, found others in .*other\.json/,
    );
    expect((await take(fileIn(folder, "none.json", { kind: "study" }))).stderr).toMatch(
      /none\.json is not a finished search/,
    );
  }, 120_000);

  it("names a line that is damaged, in one sentence", async () => {
    const kept = join(folder, "damaged");
    cpSync(trials, kept, { recursive: true });
    appendFileSync(join(kept, "finetune-all.jsonl"), '{"of":{"seed":101\n');
    const { code, stderr } = await runBench(argsOf("f", { kept }));
    expect(stderr).toMatch(
      /^trials: expected one finished reading as JSON in line \d of .*finetune-all\.jsonl/,
    );
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
    expect(existsSync(join(folder, "f"))).toBe(false);
  }, 60_000);
});

describe("tune", { concurrent: true }, () => {
  const argsOf = (folder: string, out: string, extra: readonly string[] = []): string[] => [
    "tune",
    fileIn(folder, "tiny.json", experiment),
    ...cpuInto(folder, out),
    ...extra,
  ];

  it("searches the published range of a method, and a larger search makes only what is new", async () => {
    const folder = temporaryFolder();
    const asked = ["--method", "finetune", "--seeds", "101"];
    const { code, stdout } = await runBench(argsOf(folder, "a", [...asked, "--configs", "3"]));
    expect(code).toBe(0);
    expect(stdout).toMatch(/chosen: finetune \d, lr .* on validation images; 3 tried, 0 failed/);
    const found = read(folder, "a");
    expect(found.rows[0]?.ranges).toEqual(found.rows[0]?.published.ranges);
    // 5 values hold the 3.
    const more = await runBench(argsOf(folder, "b", [...asked, "--configs", "5"]));
    expect(started(more.stdout).filter((stage) => stage.startsWith("try finetune"))).toHaveLength(2);
  }, 120_000);

  it.each<[string, readonly string[], RegExp]>([
    ["no method", [], /--method/],
    ["a method that is none", ["--method", "retrain"], /tune: method must be one of/],
    ["a seed that is reported on", ["--method", "finetune", "--seeds", "1,101"], /not reported on, found 1/],
    ["a seed that is none", ["--method", "finetune", "--seeds", "1.5"], /whole number/],
    ["no configuration", ["--method", "finetune", "--configs", "0"], /--configs.*at least 1/],
  ])("refuses %s in one sentence and writes nothing", async (_, extra, pattern) => {
    const folder = temporaryFolder();
    const { code, stderr } = await runBench(argsOf(folder, "out", extra));
    expect(stderr).toMatch(pattern);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it("keeps trials of searches and studies alone", async () => {
    const folder = temporaryFolder();
    const file = fileIn(folder, "tiny.json", experiment);
    const { code, stderr } = await runBench(["run", "--experiment", file, "--trials", join(folder, "t")]);
    expect(stderr).toMatch(/--trials: expected a search or a study/);
    expect(code).toBe(2);
  });
});
