import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { readGoldenFile, type GoldenCase } from "@ltu/testing";
import { describe, expect, it } from "vitest";

import { runGolden, runGoldenTopic } from "../src/golden/run-golden.ts";
import { topics } from "../src/golden/topics.ts";
import { temporaryFolder } from "./run-bench.ts";

const folder = fileURLToPath(new URL("../../../golden", import.meta.url));

/** Cases of each topic that are changed; each key is changed by itself, so a case runs as often as it has keys. */
const cases = 3;

/**
 * What a topic's file tells and its runner does not compare: what a reference does otherwise, what another key says already,
 * and what depends on the solver.
 */
const notCompared: Readonly<Record<string, readonly string[]>> = {
  "forgetting-quality": ["bestRule", "examplesNearABinEdge"],
  harmonize: ["forgetOnlyWithEps1e-12", "gramNormalised", "mgdaTorchJDDefault", "upgradTorchJDDefault"],
  klom: ["referenceDataRange"],
  lira: ["referencePlotPy", "trailGlobalRawStd"],
  "mia-features": ["mEntropyFaultyReference", "phiDeepMindReference"],
  "mia-svc": [
    "ambiguousIndexes",
    "decisionDefault",
    "dualObjective",
    "miaEfficacy",
    "offsetUnique",
    "supportVectors",
  ],
  scores: ["publishedAvgGap"],
  ulira: ["scoreReferenceFormula"],
};

/** The same form with other numbers. */
function changed(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value === 0 || value === 1 ? 1 - value : value * 1.5 + 1;
  if (Array.isArray(value)) return value.map(changed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === "shape" ? inner : changed(inner)]),
  );
}

describe("golden vectors with changed numbers", () => {
  // Networks of full size run for long; their files hold counts and names.
  it.each(
    topics.filter(({ topic }) => topic !== "resnet18-cifar").map((topic) => [topic.topic, topic] as const),
  )("fail: %s", async (name, topic) => {
    const file = await readGoldenFile(join(folder, `${name}.json`));
    const covered = file.cases.filter((golden) => topic.covers?.(golden) ?? true).slice(0, cases);
    const found = new Map<string, boolean>();
    for (const golden of covered) {
      for (const [key, value] of Object.entries(golden.expected)) {
        const other: GoldenCase = { ...golden, expected: { ...golden.expected, [key]: changed(value) } };
        const differs = await topic.run(other, file).then(
          (differences) => differences.length > 0,
          () => true,
        );
        found.set(key, differs || found.get(key) === true);
      }
    }
    const unnoticed = [...found].filter(([, differs]) => !differs).map(([key]) => key);
    expect(unnoticed.sort()).toEqual((notCompared[name] ?? []).filter((key) => found.has(key)));
    expect(found.size).toBeGreaterThan(unnoticed.length);
  });
});

describe("a golden folder", () => {
  /** A folder with a file of one topic. */
  function holding(text: string): string {
    const place = temporaryFolder();
    writeFileSync(join(place, "scores.json"), text);
    return place;
  }

  it("is told topic by topic, and has failed where a case failed or none ran", async () => {
    const { cases: all, ...frame } = await readGoldenFile(join(folder, "scores.json"));
    const [first, second] = all as readonly [GoldenCase, GoldenCase];
    const wrong = { ...first, expected: changed(first.expected) };
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const run = (chosen: readonly unknown[]): Promise<boolean> =>
      runGolden(holding(JSON.stringify({ ...frame, cases: chosen })), topics, print);
    expect(await run([first, second])).toBe(true);
    expect(await run([second, wrong])).toBe(false);
    expect(await run([])).toBe(false);
    expect(lines).toEqual([
      "scores 2/2",
      "scores 1/2",
      expect.stringContaining(`  ${first.name}: `),
      ...lines.slice(3, -1),
      "scores 0/0",
    ]);
  });

  it.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["null", "null"],
    ["another form", JSON.stringify({ schemaVersion: 1, cases: [{ name: "a" }] })],
    ["another version", JSON.stringify({ schemaVersion: 2, cases: [] })],
  ])("with a file of %s is refused in one sentence", async (_what, text) => {
    await expect(runGolden(holding(text), topics, () => undefined)).rejects.toMatchObject({
      code: "DATA",
      message: expect.stringMatching(/^golden: \S+scores\.json [^\n]*; take [^\n]*\.$/),
    });
  });

  it("with a folder in the place of a file is refused as well", async () => {
    const place = temporaryFolder();
    mkdirSync(join(place, "scores.json"));
    const [topic] = topics.filter((each) => each.topic === "scores");
    await expect(runGoldenTopic(topic!, join(place, "scores.json"))).rejects.toMatchObject({ code: "DATA" });
  });
});
