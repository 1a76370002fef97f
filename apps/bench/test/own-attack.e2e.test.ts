import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { runBench, tinyExperiment } from "./run-bench.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const readme = readFileSync(join(root, "packages/mia/README.md"), "utf8");
const section = /### Add your own MI model\n([\s\S]*?)\n### /u.exec(readme)?.[1] ?? "";
const blocks = [...section.matchAll(/```(ts|json)[^\n]*\n([\s\S]*?)```/gu)].map(
  ([, , code]) => code as string,
);
const [attackFile = "", testFile = "", experimentLine = ""] = blocks;

/** Attacks that each break one promise, and the test of the contract that must catch it. */
const flaws: readonly [name: string, change: string, caughtBy: RegExp][] = [
  ["turned-round", "score: (fitted, batch) => neg(own.score(fitted, batch))", /^scores members above/u],
  [
    "undeclared-labels",
    "score: (fitted, batch) => add(own.score(fitted, batch), cast(batch.labels, 'float32'))",
    /^reads true labels if, and only if/u,
  ],
  [
    "company",
    "score: (fitted, batch) => { const u = own.score(fitted, batch); return sub(u, mul(0.5, mean(u))); }",
    /^scores a sample alike/u,
  ],
  [
    "without-gradient",
    "score: (fitted, batch) => detached(batch.logits, (logits) => own.score(fitted, { ...batch, logits }))",
    /^has the gradient/u,
  ],
  ["leaky", "score: (fitted, batch) => clone(keep(own.score(fitted, batch)))", /^leaves no tensor/u],
  [
    "lucky",
    "fit: (samples) => ({ ...own.fit(samples), scale: 1 + Math.random() })",
    /^is fitted to the same/u,
  ],
  [
    "not-json",
    "fit: (samples) => ({ ...own.fit(samples), seen: new Date(NaN) })",
    /round trip through text/u,
  ],
  [
    "greedy",
    "score: (fitted, batch) => { const u = own.score(fitted, batch); batch.logits.dispose(); return u; }",
    /^leaves its inputs/u,
  ],
];

const folder = mkdtempSync(join(tmpdir(), "ltu-own-attack-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  // A package of somebody's own, with what its README tells to install.
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@tensorflow"), { recursive: true });
  const from = createRequire(import.meta.url);
  const link = (name: string, target: string): void => symlinkSync(target, join(modules, name));
  link("@ltu", join(root, "apps/bench/node_modules/@ltu"));
  link("@tensorflow/tfjs", realpathSync(join(root, "node_modules/@tensorflow/tfjs")));
  link("@tensorflow/tfjs-core", realpathSync(join(root, "node_modules/@tensorflow/tfjs-core")));
  link("vitest", dirname(from.resolve("vitest/package.json")));
  link("fast-check", dirname(from.resolve("fast-check/package.json")));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "own-attack", type: "module" }));
  writeFileSync(join(folder, "entropy-threshold.ts"), attackFile);
  writeFileSync(join(folder, "entropy-threshold.test.ts"), testFile);
  const broken = flaws.map(([name, change]) => `describeAttack({ ...own, name: "${name}", ${change} });`);
  writeFileSync(
    join(folder, "flaws.test.ts"),
    `import "@tensorflow/tfjs";
import { add, cast, clone, keep, mean, mul, neg, sub } from "@tensorflow/tfjs-core";
import { describeAttack } from "@ltu/mia/contract";
import { detached } from "@ltu/mia";
import { entropyThreshold as own } from "./entropy-threshold.ts";
${broken.join("\n")}`,
  );
  // Sources of the packages instead of their builds; nothing else is particular to this repository.
  const conditions = `["@ltu/source", "module", "node", "development|production"]`;
  const source = `resolve: { conditions: ${conditions} }, ssr: { resolve: { conditions: ${conditions}, externalConditions: ${conditions} } }`;
  writeFileSync(
    join(folder, "vitest.config.js"),
    `export default { ${source}, test: { testTimeout: 60_000, hookTimeout: 60_000 } };`,
  );
});

interface Outcome {
  readonly attack: string;
  readonly test: string;
  readonly passed: boolean;
}

/** Runs vitest in the folder on one file. */
async function outcomesOf(file: string): Promise<Outcome[]> {
  const vitest = join(folder, "node_modules/vitest/vitest.mjs");
  const report = join(folder, `${file}.json`);
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|LTU_|NODE_OPTIONS$)/u.test(name)),
  );
  const args = [vitest, "run", "--root", folder, "--reporter=json", `--outputFile=${report}`, file];
  const output = await promisify(execFile)(process.execPath, args, { cwd: folder, env: environment }).catch(
    (error: { stdout?: string; stderr?: string }) => error,
  );
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
      testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[];
    };
    return testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status }) => ({
        attack: ancestorTitles[0] as string,
        test: title,
        passed: status === "passed",
      })),
    );
  } catch (cause) {
    throw new Error(`vitest gave no report:\n${output.stdout ?? ""}\n${output.stderr ?? ""}`, { cause });
  }
}

describe("an attack of one's own, as the README of @ltu/mia tells to add it", () => {
  it("is one file of fewer than 40 lines", () => {
    expect(attackFile).toContain("entropyThreshold");
    expect(attackFile.split("\n").length).toBeLessThan(40);
  });

  it("passes the published contract suite in a package of its own", async () => {
    const outcomes = await outcomesOf("entropy-threshold.test.ts");
    expect(outcomes.filter(({ passed }) => !passed)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(8);
  });

  it("is caught by the suite for each promise that it breaks", async () => {
    const outcomes = await outcomesOf("flaws.test.ts");
    for (const [name, , caughtBy] of flaws) {
      const caught = outcomes.filter(({ attack, passed }) => attack === name && !passed);
      expect(
        caught.some(({ test }) => caughtBy.test(test)),
        `${name}: ${caught.map(({ test }) => test).join("; ")}`,
      ).toBe(true);
    }
  });

  it("gives feedback to LTU when an experiment names its file", async () => {
    const [named] = [JSON.parse(experimentLine) as { name: string; options: { attacks: string[] } }];
    const method = { ...named, options: { ...named.options, epochs: 2 } };
    const file = join(folder, "experiment.json");
    writeFileSync(file, JSON.stringify({ ...tinyExperiment, methods: [method] }));
    const out = join(folder, "out");
    const run = await runBench(["run", "--experiment", file, "--engine", "cpu", "--out", out]);
    expect(run.stderr).toBe("");
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/fit attacks: phi-logistic, entropy-threshold/u);
    const result = readFileSync(join(out, "result.json"), "utf8");
    expect(result).toContain('"entropy-threshold"');
    expect(result).not.toContain(folder);
    // Another text of the file is another attack, fitted anew; what does not depend on it is not computed again.
    writeFileSync(join(folder, "entropy-threshold.ts"), `${attackFile}\n// Second edition.\n`);
    const again = await runBench(["run", "--experiment", file, "--engine", "cpu", "--out", out]);
    expect(again.code).toBe(0);
    const line = (stage: string): string =>
      again.stdout.split("\n").find((text) => text.includes(stage)) ?? `no line of ${stage}`;
    expect(line("train original")).toMatch(/kept from an earlier run/u);
    expect(line("fit attacks")).not.toMatch(/kept from an earlier run/u);
  });

  it.each([
    ["./none.ts", "", /"\.\/none\.ts" cannot be loaded \(ENOENT/u],
    ["./broken.ts", "export const = 1;", /"\.\/broken\.ts" cannot be loaded/u],
    [
      "./empty.ts",
      "export const attack = 1;",
      /empty\.ts must export one feedback attack.*found 0 among \[attack\]/u,
    ],
    [
      "./two.ts",
      `export { classThreshold, phiLogistic } from "@ltu/mia";`,
      /two\.ts must export one feedback attack.*found 2/u,
    ],
    [
      "./judge.ts",
      `import { confidenceSvc } from "@ltu/mia/evaluators"; export const judge = confidenceSvc();`,
      /judge\.ts must export one feedback attack.*found 0 among \[judge\]/u,
    ],
    ["phi-logistik", "", /found "phi-logistik"; did you mean "phi-logistic"/u],
  ])("is refused in one sentence when the entry is %s", async (entry, text, pattern) => {
    if (text !== "") writeFileSync(join(folder, entry), text);
    const file = join(folder, `refused-${entry.replaceAll(/\W/gu, "")}.json`);
    const methods = [{ name: "ltu", options: { attacks: [entry] } }];
    writeFileSync(file, JSON.stringify({ ...tinyExperiment, methods }));
    const { code, stderr } = await runBench(["run", "--experiment", file, "--engine", "cpu"]);
    expect(stderr).toMatch(pattern);
    expect(stderr.trimEnd().split("\n"), stderr).toHaveLength(1);
    expect(code).toBe(2);
  });
});
