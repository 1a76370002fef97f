import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { runBench, temporaryFolder, tinyExperiment, type BenchOutcome } from "./run-bench.ts";

const golden = fileURLToPath(new URL("../../../golden", import.meta.url));

/** Exit code 2, one sentence on stderr that says what is asked, and nothing on disk. */
function expectOneSentence({ code, stderr }: BenchOutcome, pattern: RegExp): void {
  expect(stderr).toMatch(pattern);
  expect(stderr.trimEnd().split("\n"), stderr).toHaveLength(1);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
  expect(code).toBe(2);
}

/** Writes an experiment that differs from the tiny one. */
function experimentFile(folder: string, change: object): string {
  const path = join(folder, "experiment.json");
  writeFileSync(path, JSON.stringify({ ...tinyExperiment, ...change }));
  return path;
}

/** Runs a changed tiny experiment on cpu and checks that its output folder was never made. */
async function refuses(change: object, pattern: RegExp, args: readonly string[] = []): Promise<void> {
  const folder = temporaryFolder();
  const out = join(folder, "out");
  const file = experimentFile(folder, change);
  expectOneSentence(
    await runBench(["run", "--experiment", file, "--engine", "cpu", "--out", out, ...args]),
    pattern,
  );
  expect(existsSync(out)).toBe(false);
}

describe("bad input", { concurrent: true }, () => {
  it("names an unknown option and the nearest right one", async () => {
    expectOneSentence(
      await runBench(["run", "--experimnt", "quick"]),
      /unknown option '--experimnt'.*--experiment/,
    );
  });

  it("ends each sentence once, also those of the command line", async () => {
    const { stderr, code } = await runBench(["doctor", "frobnicate"]);
    expect(stderr).toMatch(/^ltu: [^.]*\. [^.]*[^.]; run with --help to see what there is\.\n$/);
    expect(code).toBe(2);
  });

  it("names an unknown experiment and what there is", async () => {
    expectOneSentence(
      await runBench(["run", "--experiment", "cifar10-smal"]),
      /did you mean "cifar10-small"/,
    );
  });

  it("names an unknown key of the experiment and the nearest right one", async () => {
    await refuses({ retainFracton: 0.3 }, /"retainFracton".*did you mean "retainFraction"/);
  });

  it("names an unknown key deep inside, given by --set", async () => {
    await refuses({}, /training\.epoch.*did you mean "epochs"/, ["--set", "training.epoch=3"]);
  });

  it("names a misspelt method and the nearest right one", async () => {
    await refuses({ methods: [{ name: "random-lables" }] }, /"random-lables".*did you mean "random-labels"/);
  });

  it("names a misspelt option of a method", async () => {
    await refuses({ methods: [{ name: "finetune", options: { epoch: 3 } }] }, /finetune.*epoch/);
    await refuses({ methods: [{ name: "ltu", options: { ancorWeight: 3 } }] }, /ltu.*ancorWeight/);
  });

  it("refuses a retain fraction outside (0, 1]", async () => {
    for (const retainFraction of [0, -0.1, 1.5])
      await refuses({ retainFraction }, /retainFraction must be above 0 and at most 1/);
  });

  it("refuses a forget set that is empty or as large as the training set", async () => {
    for (const forget of [{ count: 0 }, { count: 201 }, { share: 0 }, { share: 1 }])
      await refuses({ forget }, /forget/);
  });

  it("names an unknown rule for the forget set, a class that is not there, and a set that is too large", async () => {
    await refuses({ forget: { kind: "clas", class: 1 } }, /forget\.kind.*did you mean "class"/);
    await refuses({ forget: { kind: "class", class: 9 } }, /forget\.class.*found 9/);
    await refuses({ forget: { kind: "overlap", d: 0.5, count: 200 } }, /forget\.count must be from 1 to 199/);
  });

  it("refuses sets too small for the attacks of a row, before anything is trained", async () => {
    await refuses({ retainFraction: 0.001 }, /LTU literal need at least 2 accessible.*found 1 and 100/);
  });

  it("refuses a model whose class count is not the data's", async () => {
    await refuses({ model: { name: "mlp", classes: 7 } }, /7 classes.*has 4/);
  });

  it("refuses an engine that is not there, with the way out", async () => {
    const folder = temporaryFolder();
    const out = join(folder, "out");
    const file = experimentFile(folder, {});
    const outcome = await runBench(["run", "--experiment", file, "--engine", "node-gpu", "--out", out]);
    expectOneSentence(outcome, /node-gpu.*; .*(npm run native|choose native or wasm)/);
    expect(existsSync(out)).toBe(false);
  });

  it("refuses an unknown engine, by option and by environment", async () => {
    expectOneSentence(await runBench(["run", "--engine", "wsm"]), /"wsm".*did you mean "wasm"/);
    expectOneSentence(await runBench(["run"], { LTU_ENGINE: "gpu" }), /"gpu"/);
  });

  it("says what to do when the data folder is missing, or lacks the data set", async () => {
    expectOneSentence(
      await runBench(["run", "--experiment", "cifar10-small", "--engine", "cpu"]),
      /--data FOLDER/,
    );
    const folder = temporaryFolder();
    const args = [
      "run",
      "--experiment",
      "cifar10-small",
      "--engine",
      "cpu",
      "--data",
      folder,
      "--out",
      join(folder, "out"),
    ];
    expectOneSentence(await runBench(args), /cifar/i);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses truncated and corrupt data files", async () => {
    const folder = temporaryFolder();
    const data = join(folder, "cifar-10-batches-bin");
    mkdirSync(data);
    const record = new Uint8Array(3073 * 10_000);
    for (const name of [
      "data_batch_1",
      "data_batch_2",
      "data_batch_3",
      "data_batch_4",
      "data_batch_5",
      "test_batch",
    ]) {
      writeFileSync(join(data, `${name}.bin`), name === "data_batch_1" ? record.subarray(0, 1000) : record);
    }
    const args = [
      "run",
      "--experiment",
      "cifar10-small",
      "--engine",
      "cpu",
      "--data",
      folder,
      "--out",
      join(folder, "out"),
    ];
    expectOneSentence(await runBench(args), /data_batch_1\.bin.*30730000.*1000/);
    writeFileSync(join(data, "data_batch_1.bin"), record);
    expectOneSentence(await runBench(args), /data_batch_1\.bin.*5dd7e06a14cb22eb9f671a540d1b7c25/);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it("refuses an output folder below a file, and a full disk, for root too", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const file = experimentFile(folder, {});
    const below = await runBench([
      "run",
      "--experiment",
      file,
      "--engine",
      "cpu",
      "--out",
      join(folder, "file", "out"),
    ]);
    expectOneSentence(below, /file\/out/);
    const full = await runBench(["run", "--experiment", file, "--engine", "cpu", "--out", "/dev/full"]);
    expectOneSentence(full, /\/dev\/full/);
    const nowhere = await runBench(["run", "--experiment", file, "--engine", "cpu", "--out", "/proc/ltu"]);
    expectOneSentence(nowhere, /\/proc\/ltu/);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("");
  });

  it("refuses an experiment of another schema version, and a file that is not JSON", async () => {
    await refuses({ schemaVersion: 2 }, /schemaVersion/);
    const folder = temporaryFolder();
    writeFileSync(join(folder, "broken.json"), "{");
    expectOneSentence(await runBench(["run", "--experiment", join(folder, "broken.json")]), /not valid JSON/);
  });

  it("refuses golden folders without topics", async () => {
    expectOneSentence(await runBench(["golden", temporaryFolder(), "--engine", "cpu"]), /sgd-torch\.json/);
    expect(existsSync(golden)).toBe(true);
  });
});
