import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format } from "node:util";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { resolveEngine } from "../../packages/engine/src/index.ts";
import { allExamples, type DocExample } from "../doc-examples.ts";
import { packageOfSpecifier, repositoryRoot, workspacePackages } from "../workspace.ts";

/** More blocks than this that are shown and not run, and the documentation is no longer checked. */
const notRunAtMost = 5;

const examples = allExamples(repositoryRoot);
const byFile = new Map<string, readonly DocExample[]>(
  examples.map((one) => [one.file, examples.filter(({ file }) => file === one.file)]),
);

/** Runs an example and returns the lines it printed. */
async function printed({ file, index }: DocExample): Promise<string[]> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (...parts: unknown[]) => {
    lines.push(...format(...parts).split("\n"));
  };
  try {
    await import(/* @vite-ignore */ `${join(repositoryRoot, file)}?example=${index}`);
  } finally {
    console.log = log;
  }
  return lines.map((line) => line.trimEnd());
}

/** Where examples write: their temporary folders go with it. */
const scratch = mkdtempSync(join(tmpdir(), "ltu-examples-"));

beforeAll(async () => {
  for (const name of ["TMPDIR", "TEMP", "TMP"]) vi.stubEnv(name, scratch);
  await resolveEngine({ require: "cpu" });
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

for (const [file, blocks] of byFile) {
  describe(file, () => {
    for (const example of blocks.filter(({ notRun }) => notRun === undefined)) {
      it(`prints what line ${example.line} says`, async () => {
        expect(example.expected, "an example shows its result: // → ...").not.toEqual([]);
        expect(await printed(example)).toEqual(example.expected);
      });
    }
  });
}

describe("examples", () => {
  it("stand in the Usage of every published package", () => {
    const silent = workspacePackages(repositoryRoot)
      .filter(({ manifest }) => manifest.private !== true)
      .filter(({ id }) => !byFile.get(`${id}/README.md`)?.some(({ notRun }) => notRun === undefined))
      .map(({ id }) => id);
    expect(silent).toEqual([]);
  });

  it("that are not run are few, and each says why", () => {
    const notRun = examples.filter((example) => example.notRun !== undefined);
    expect(notRun.filter((example) => example.notRun === "")).toEqual([]);
    expect(notRun.length).toBeLessThanOrEqual(notRunAtMost);
  });

  it("name every package that they import on the install line of their README", () => {
    const missing = workspacePackages(repositoryRoot)
      .filter(({ manifest }) => manifest.private !== true)
      .flatMap(({ id, manifest }) => {
        const blocks = byFile.get(`${id}/README.md`) ?? [];
        if (blocks.length === 0) return [];
        const install = /^npm install (.+)$/m.exec(
          readFileSync(join(repositoryRoot, id, "README.md"), "utf8"),
        );
        // What comes along with the package itself need not be asked for.
        const there = new Set([
          ...(install?.[1] ?? "").split(/\s+/),
          ...Object.keys(manifest.dependencies ?? {}),
          ...Object.keys(manifest.peerDependencies ?? {}),
        ]);
        const imported = blocks.flatMap(({ code }) =>
          [...code.matchAll(/(?:from|import) "([^"]+)"/g)].map((match) => packageOfSpecifier(match[1] ?? "")),
        );
        return imported
          .filter((name) => name !== undefined && !there.has(name))
          .map((name) => `${id}/README.md: ${name}`);
      });
    expect(missing).toEqual([]);
  });
});
