import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseResult } from "@ltu/report";
import { describe, expect, it } from "vitest";

import { runBench, temporaryFolder } from "../run-bench.ts";

describe("npm run audit:selftest", () => {
  it("catches the original, lets a retrained model be, and finds all again", async () => {
    const out = join(temporaryFolder(), "out");
    const args = ["audit-selftest", "--engine", "wasm", "--out", out];
    const { code, stdout, stderr } = await runBench(args);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^do-nothing +must be caught: +caught, TPR at 1 % FPR/m);
    expect(stdout).toMatch(/^held-out oracle +must not be caught: not caught/m);
    expect(stdout).toContain("the audit (rmia) works");
    expect(parseResult(JSON.parse(readFileSync(join(out, "result.json"), "utf8"))).rows).toHaveLength(2);

    const again = await runBench(args);
    expect(again.code).toBe(0);
    expect(again.stdout).not.toMatch(/: started$/m);
    expect(existsSync(join(out, "store"))).toBe(true);
  });
});
