import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs a program of `bench/`, which fails by its exit code where a bound of time or memory is not kept. */
async function bench(name: string): Promise<string> {
  const args = ["--conditions=@ltu/source", "--import", "tsx", `packages/mia/bench/${name}.mjs`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout;
}

/** The largest of the numbers before a word. */
const largest = (text: string, unit: string): number =>
  Math.max(...[...text.matchAll(new RegExp(`([\\d.]+) ${unit}`, "gu"))].map(([, number]) => Number(number)));

// Seconds of the processor, which a busy machine does not lengthen.
describe("at the size of a real audit", () => {
  it("the classifier of MIA-efficacy takes 20,000 points in under 20 s and 500 MB", async () => {
    const text = await bench("svc");
    expect(text.match(/s processor/gu)).toHaveLength(3);
    expect(largest(text, "s processor")).toBeLessThan(20);
    expect(largest(text, "MB")).toBeLessThan(500);
  });

  it("U-LiRA takes 64 shadow models and 10,000 samples in under 10 s", async () => {
    const text = await bench("u-lira");
    const line = text.split("\n").find((each) => each.startsWith("u-lira")) ?? "";
    expect(line).toContain("10000 of 10000 scored");
    expect(largest(line, "s processor")).toBeLessThan(10);
  });
});
