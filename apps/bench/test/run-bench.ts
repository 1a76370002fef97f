import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** What a finished app process said. */
export interface BenchOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the app as `npm start` does, but for the installation. */
export function startBench(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const { LTU_DATA: _data, LTU_ENGINE: _engine, INIT_CWD: _cwd, ...inherited } = process.env;
  return spawn(process.execPath, ["--conditions=@ltu/source", "--import", "tsx", main, ...args], {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs the app to its end. */
export function runBench(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<BenchOutcome> {
  return outcomeOf(startBench(args, env));
}

/** Collects what a process says until it ends. */
export function outcomeOf(child: ChildProcess): Promise<BenchOutcome> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}

const temporaryFolders: string[] = [];
afterAll(() => temporaryFolders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** An empty folder that is gone when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ltu-bench-"));
  temporaryFolders.push(folder);
  return folder;
}

/** A whole experiment in a few seconds, on any engine: generated images and a small network. */
export const tinyExperiment = {
  schemaVersion: 1,
  name: "tiny",
  data: {
    name: "synthetic",
    train: 200,
    val: 100,
    test: 100,
    options: { imageShape: [8, 8, 1], classes: 4, classOverlap: 0.3, atypicalShare: 0.3, labelNoise: 0.1 },
  },
  forget: { count: 20 },
  retainFraction: 0.3,
  model: { name: "mlp", options: { hidden: [64] } },
  training: {
    epochs: 30,
    batchSize: 32,
    schedule: { name: "constant", lr: 0.05 },
    weightDecay: 0,
    augment: false,
  },
  methods: [
    { name: "do-nothing" },
    { name: "finetune", options: { retainAccess: "rho", epochs: 2 } },
    { name: "random-labels", options: { retainAccess: "full", epochs: 2 } },
    { name: "ltu", options: { optionSet: "literal", epochs: 2 } },
    { name: "ltu", options: { optionSet: "recommended", epochs: 2 } },
  ],
} as const;

/** The arguments that put what a run on the cpu engine writes, and its store, below a folder. */
export function cpuInto(folder: string, out: string): readonly string[] {
  return ["--engine", "cpu", "--out", join(folder, out), "--store", join(folder, "store")];
}
