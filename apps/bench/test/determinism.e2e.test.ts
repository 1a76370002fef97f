import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { canonicalResult, parseResult, type CanonicalResult } from "@ltu/report";
import { describe, expect, it } from "vitest";

import { outcomeOf, runBench, startBench, temporaryFolder, tinyExperiment } from "./run-bench.ts";

const engines = ["cpu", "wasm", ...(process.env["LTU_TEST_NATIVE"] === "1" ? ["native"] : [])];

/** The arguments of a tiny run, with a convolutional model where the engine is quick enough. */
function tinyRun(folder: string, engine: string): string[] {
  const file = join(folder, "tiny.json");
  const model = engine === "cpu" ? tinyExperiment.model : { name: "small-cnn" };
  writeFileSync(file, JSON.stringify({ ...tinyExperiment, model }));
  return ["run", "--experiment", file, "--engine", engine, "--seed", "3"];
}

function resultIn(out: string): CanonicalResult {
  return canonicalResult(parseResult(JSON.parse(readFileSync(join(out, "result.json"), "utf8"))));
}

const wholeRuns = new Map<string, Promise<string>>();

/** The output folder of an uninterrupted tiny run with a store of its own; one for each engine is enough for all tests. */
function wholeRun(engine: string): Promise<string> {
  const run = async (): Promise<string> => {
    const folder = temporaryFolder();
    const out = join(folder, "whole");
    const { code, stderr } = await runBench([...tinyRun(folder, engine), "--out", out]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    return out;
  };
  const whole = wholeRuns.get(engine) ?? run();
  wholeRuns.set(engine, whole);
  return whole;
}

/** A store that holds every stage of the tiny run on cpu. */
async function fullStore(folder: string): Promise<string> {
  const store = join(folder, "store");
  cpSync(join(await wholeRun("cpu"), "store"), store, { recursive: true });
  return store;
}

describe("the same experiment, seed and engine", () => {
  it.each(engines)("give the same result, bit for bit but for times, on %s", async (engine) => {
    const folder = temporaryFolder();
    const { code, stderr } = await runBench([...tinyRun(folder, engine), "--out", join(folder, "again")]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const result = resultIn(join(folder, "again"));
    expect(result).toEqual(resultIn(await wholeRun(engine)));
    expect(result.rows).toHaveLength(6);
  });

  it("give another result for another seed", async () => {
    const folder = temporaryFolder();
    await runBench([...tinyRun(folder, "cpu"), "--out", join(folder, "other"), "--seed", "4"]);
    expect(resultIn(join(folder, "other")).rows).not.toEqual(resultIn(await wholeRun("cpu")).rows);
  });
});

describe("a run that is killed", () => {
  it("goes on, killed once in each of its stages, and ends with the result of an uninterrupted run", async () => {
    const folder = temporaryFolder();
    const args = tinyRun(folder, "cpu");
    const whole = await wholeRun("cpu");

    const broken = join(folder, "broken");
    const killed = new Set<string>();
    for (let attempt = 0; ; attempt++) {
      expect(attempt, `still not done; killed in ${[...killed].join(", ")}`).toBeLessThan(60);
      const child = startBench([...args, "--out", broken]);
      child.stdout?.on("data", (chunk: Buffer) => {
        for (const [, stage] of chunk.toString().matchAll(/^\[\d+\/\d+\] (.+): started$/gm)) {
          if (stage === undefined || killed.has(stage)) continue;
          killed.add(stage);
          // Somewhere in the middle: the stages of this run take from milliseconds to seconds.
          setTimeout(() => child.kill("SIGKILL"), killed.size % 3 === 0 ? 400 : 40);
          return;
        }
      });
      const { code, stderr } = await outcomeOf(child);
      if (code === 0) break;
      expect(stderr).toBe("");
    }
    expect(killed.size).toBeGreaterThan(5);
    expect(resultIn(broken)).toEqual(resultIn(whole));
  });

  it("stops at Ctrl-C with exit code 130 and goes on with the same command", async () => {
    const folder = temporaryFolder();
    const args = tinyRun(folder, "cpu");
    const out = join(folder, "out");
    const child = startBench([...args, "--out", out]);
    child.stdout?.on("data", (chunk: Buffer) => {
      if (/train original: started/.test(chunk.toString())) child.kill("SIGINT");
    });
    const stopped = await outcomeOf(child);
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/the same command goes on from here/);
    expect((await runBench([...args, "--out", out])).code).toBe(0);
    expect(resultIn(out)).toEqual(resultIn(await wholeRun("cpu")));
  });
});

describe("a run whose stages are all in the store", () => {
  it("makes nothing again and gives the same result", async () => {
    const folder = temporaryFolder();
    const args = [...tinyRun(folder, "cpu"), "--store", await fullStore(folder)];
    const again = await runBench([...args, "--out", join(folder, "again")]);
    expect(again.code).toBe(0);
    expect(again.stdout).not.toMatch(/: started$/m);
    expect(again.stdout.match(/kept from an earlier run/g)?.length).toBeGreaterThan(10);
    expect(resultIn(join(folder, "again"))).toEqual(resultIn(await wholeRun("cpu")));
  });

  it("makes again only what a changed option touches", async () => {
    const folder = temporaryFolder();
    const args = [...tinyRun(folder, "cpu"), "--store", await fullStore(folder)];
    const change = ["--set", "methods.1.options.epochs=1"];
    const again = await runBench([...args, ...change, "--out", join(folder, "again")]);
    expect(again.code).toBe(0);
    const started = [...again.stdout.matchAll(/\] (.+): started$/gm)].map(([, stage]) => stage);
    expect(started).toEqual(
      ["unlearn", "read outputs", "audit", "attack"].map((stage) => `${stage}: finetune (30 %)`),
    );
  });
});
