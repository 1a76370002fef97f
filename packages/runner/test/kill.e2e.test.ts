import { spawn } from "node:child_process";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { emptyFolder, filesBelow } from "./folder.ts";

const child = join(import.meta.dirname, "kill-child.ts");

/** Runs the child on a store and kills it (SIGKILL) as soon as it has printed `killAt`, if that is given. */
async function run(store: string, killAt?: string): Promise<{ lines: string[]; signal: string | null }> {
  const started = spawn(process.execPath, ["--conditions=@ltu/source", "--import", "tsx", child, store], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  started.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (killAt !== undefined && output.includes(`${killAt}\n`)) started.kill("SIGKILL");
  });
  const signal = await new Promise<string | null>((resolve) => {
    started.on("close", (_, by) => resolve(by));
  });
  return { lines: output.trim().split("\n"), signal };
}

describe("a run that is killed in the middle of a stage", () => {
  it("goes on from its checkpoint to the bytes of an uninterrupted run, however often it is killed", async () => {
    const whole = await run(await emptyFolder());
    expect(whole.lines.at(-1)).toMatch(/^result [0-9a-f]{64}$/);
    const folder = await emptyFolder();
    const first = await run(folder, "saved 3");
    const second = await run(folder, "saved 8");
    const last = await run(folder);
    expect([first.signal, second.signal, last.signal]).toEqual(["SIGKILL", "SIGKILL", null]);
    // What was printed as saved is there; the step after it may have been saved too before the signal arrived.
    expect(Number(second.lines[0]?.slice("from ".length))).toBeGreaterThanOrEqual(3);
    expect(Number(last.lines[0]?.slice("from ".length))).toBeGreaterThanOrEqual(8);
    expect(last.lines.at(-1)).toBe(whole.lines.at(-1));
  });

  it("leaves nothing behind once it has finished", async () => {
    const folder = await emptyFolder();
    await run(folder, "saved 2");
    await run(folder);
    const left = await filesBelow(folder);
    expect(left.filter((name) => name.endsWith(".tmp") || name.startsWith("checkpoints"))).toEqual([]);
    expect(left.filter((name) => /^artefacts\/[0-9a-f]{64}$/.test(name))).toHaveLength(2);
  });
});
