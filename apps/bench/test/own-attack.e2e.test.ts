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

import { parseResult, type AttackReading } from "@ltu/report";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { runBench, tinyExperiment } from "./run-bench.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const readme = readFileSync(join(root, "packages/mia/README.md"), "utf8");
/** The code of a section of the README. */
const blocksOf = (title: string): string[] => {
  const section = new RegExp(`### ${title}\\n([\\s\\S]*?)\\n##+ `, "u").exec(readme)?.[1] ?? "";
  return [...section.matchAll(/```(ts|json)[^\n]*\n([\s\S]*?)```/gu)].map(([, , code]) => code as string);
};
const [attackFile = "", testFile = "", experimentLine = ""] = blocksOf("Add your own MI model");
const [evaluatorFile = "", evaluatorsLine = ""] = blocksOf("Add your own evaluator");

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

/** The same of evaluators. */
const evaluatorFlaws: readonly [name: string, change: string, caughtBy: RegExp][] = [
  ["turned-round", "evaluate: scored((score) => -score)", /^catches an overfit model/u],
  ["oracle", "evaluate: scored((_, row, { indexes }) => Number(indexes[row] < 150))", /^does not catch/u],
  ["company", "evaluate: scored((score, _, { labels }) => score / labels.length)", /^scores a sample alike/u],
  ["in-order", "evaluate: scored((score, row) => score - row)", /^scores a sample alike/u],
  ["undeclared-labels", "readsLabels: false", /^reads true labels/u],
  [
    "undeclared-reading",
    "evaluate: scored((score, row, { gradientNorms }) => score - (gradientNorms?.[row] ?? 0))",
    /^reads nothing that it does not declare/u,
  ],
  ["without-reason", "needs: ['population']", /^says in one sentence/u],
  ["not-a-number", "evaluate: scored((score, row) => row === 3 ? NaN : score)", /^gives each row a finite/u],
  [
    "forgetful",
    "evaluate: (input) => { const r = own.evaluate(input); return { ...r, rows: r.rows.slice(1), scores: r.scores.slice(1) }; }",
    /^gives each row a finite/u,
  ],
  [
    "overflowing",
    "evaluate: scored((score) => Math.exp(8 * score))",
    /^has finite scores for logits of plus and minus 100/u,
  ],
  [
    "credulous",
    "evaluate: ({ score: { samples: s } }) => auditScores(Array.from(s.labels, (y, i) => s.logits[i * s.classes + y]), own.kind)",
    /^refuses outputs that are not finite/u,
  ],
  ["lucky", "evaluate: scored((score) => score + Math.random())", /^gives the same numbers again/u],
  [
    "greedy",
    "evaluate: (input) => { const r = own.evaluate(input); input.score.samples.logits.sort(); return r; }",
    /^gives the same numbers again/u,
  ],
  [
    "leaky",
    "evaluate: (input) => { scalar(1); return own.evaluate(input); }",
    /^gives the same numbers again/u,
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
  writeFileSync(join(folder, "margin-threshold.ts"), evaluatorFile);
  writeFileSync(
    join(folder, "margin-threshold.test.ts"),
    `import "@tensorflow/tfjs";
import { describeAttack } from "@ltu/mia/contract";
import { marginThreshold } from "./margin-threshold.ts";
describeAttack(marginThreshold);`,
  );
  writeFileSync(
    join(folder, "evaluator-flaws.test.ts"),
    `import "@tensorflow/tfjs";
import { scalar } from "@tensorflow/tfjs-core";
import { describeAttack, trainedControls } from "@ltu/mia/contract";
import { auditScores } from "@ltu/mia/evaluators";
import { marginThreshold as own } from "./margin-threshold.ts";
const controls = trainedControls();
/** An evaluate whose scores are changed, without what defineEvaluator takes care of. */
const scored = (change) => (input) => {
  const result = own.evaluate(input);
  const { samples } = input.score;
  return { ...result, scores: result.scores.map((score, k) => change(score, result.rows[k], samples)) };
};
${evaluatorFlaws.map(([name, change]) => `describeAttack({ ...own, name: "${name}", ${change} }, { controls });`).join("\n")}`,
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

  it("passes it as an evaluator too, and each promise that one breaks is caught", async () => {
    const outcomes = await outcomesOf("margin-threshold.test.ts");
    expect(outcomes.filter(({ passed }) => !passed)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(8);
    const broken = await outcomesOf("evaluator-flaws.test.ts");
    for (const [name, , caughtBy] of evaluatorFlaws) {
      const caught = broken.filter(({ attack, passed }) => attack === name && !passed);
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

  it("audits every model when an experiment names its file among the evaluators", async () => {
    const { audit } = JSON.parse(evaluatorsLine) as { audit: { evaluators: string[] } };
    const methods = [
      { name: "do-nothing" },
      { name: "ltu", label: "LTU", options: { attacks: ["margin-mlp"], epochs: 1 } },
    ];
    const file = join(folder, "audited.json");
    const oracles = { count: 2 };
    writeFileSync(file, JSON.stringify({ ...tinyExperiment, methods, audit, oracles }));
    const out = join(folder, "audited");
    const run = await runBench(["run", "--experiment", file, "--engine", "cpu", "--out", out]);
    expect(run.stderr).toBe("");
    expect(run.code).toBe(0);
    const result = parseResult(JSON.parse(readFileSync(join(out, "result.json"), "utf8")));
    const readingOn = (label: string): AttackReading | undefined =>
      result.rows
        .find((row) => row.label === label)
        ?.audit?.attacks.find(({ attack }) => attack === "margin-threshold");
    expect(readingOn("do-nothing")).toMatchObject({
      kind: "population",
      madeOf: { families: ["margin"] },
      reading: { samples: { forget: 20, unseen: 50, leftOut: 0 } },
    });
    // The feedback of this row reads margins too.
    expect(readingOn("LTU")).toMatchObject({
      reading: { reason: "SHARED_WITH_FEEDBACK", detail: "shared: families (margin)" },
    });
    expect(result.oracles.reference[0]?.audit?.attacks.map(({ attack }) => attack)).toEqual([
      "rmia",
      "margin-threshold",
    ]);
    expect(JSON.stringify(result)).not.toContain(folder);
    // Another text of the file is another attack: only attacks are made again.
    writeFileSync(join(folder, "margin-threshold.ts"), `${evaluatorFile}\n// Second edition.\n`);
    const again = await runBench(["run", "--experiment", file, "--engine", "cpu", "--out", out]);
    expect(again.code).toBe(0);
    const made = again.stdout.split("\n").filter((line) => line.endsWith(": started"));
    expect(made.length).toBeGreaterThan(0);
    for (const line of made) expect(line).toMatch(/ attack: /u);
  });

  it("is refused in one sentence, before any work, when audit.evaluators names a file without an evaluator", async () => {
    const file = join(folder, "no-evaluator.json");
    writeFileSync(join(folder, "feedback.ts"), `export { phiLogistic } from "@ltu/mia";`);
    const audit = { evaluators: ["rmia", "./feedback.ts"] };
    writeFileSync(file, JSON.stringify({ ...tinyExperiment, methods: [{ name: "do-nothing" }], audit }));
    const { code, stderr } = await runBench(["run", "--experiment", file, "--engine", "cpu"]);
    expect(stderr).toMatch(/feedback\.ts must export one evaluator.*found 0 among \[phiLogistic\]/u);
    expect(stderr.trimEnd().split("\n"), stderr).toHaveLength(1);
    expect(code).toBe(2);
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
