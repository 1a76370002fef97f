import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parseResult, parseStudy, type Result, type Study } from "@ltu/report";
import { describe, expect, it } from "vitest";

import { runBench, temporaryFolder, tinyExperiment } from "../run-bench.ts";

const experiment = {
  ...tinyExperiment,
  training: { ...tinyExperiment.training, epochs: 6 },
  oracles: { count: 1, heldOut: 1 },
  methods: [
    { name: "do-nothing" },
    { name: "finetune", options: { retainAccess: "rho", epochs: 1 } },
    { name: "ltu", options: { optionSet: "recommended", epochs: 1 } },
  ],
};

/** Runs a file on an engine; what it printed, and the JSON it wrote. */
async function run(
  folder: string,
  { content, engine, file }: { content: object; engine: string; file: string },
): Promise<{ said: string; json: unknown; page: string }> {
  const path = join(folder, "run.json");
  writeFileSync(path, JSON.stringify(content));
  const out = join(folder, "out");
  const { code, stdout, stderr } = await runBench([
    "run",
    "--experiment",
    path,
    "--engine",
    engine,
    "--out",
    out,
  ]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return {
    said: stdout,
    json: JSON.parse(readFileSync(join(out, file), "utf8")),
    page: readFileSync(join(out, "report.html"), "utf8"),
  };
}

const study = (name: string, change: object): object => ({
  schemaVersion: 1,
  kind: "study",
  name,
  experiment,
  seeds: [1],
  ...change,
});

describe("a scenario", { concurrent: true }, () => {
  it("forgets a class, with its own TA and the view of its neighbours", async () => {
    const folder = temporaryFolder();
    const data = { ...experiment.data, options: { ...experiment.data.options, labelNoise: 0 } };
    const content = { ...experiment, data, forget: { kind: "class", class: "class-2" } };
    const { json, page } = await run(folder, { content, engine: "cpu", file: "result.json" });
    const result: Result = parseResult(json);
    expect(result.forgotten).toMatchObject({ kind: "class", class: 2 });
    expect(result.definitions["TA"]?.meaning).toContain('"class-2" left out');
    const oracle = result.oracles.reference[0]?.audit?.classes;
    // Retrained without the class, it never answers with it.
    expect(oracle).toMatchObject({ forgotten: 2, unseenUa: 100 });
    expect(page).toContain("Classes beside the forgotten one");
    const attacked = result.original.audit?.attacks.find(({ attack }) => attack === "rmia")?.reading;
    // 25 of the 100 test images are of the class.
    expect(attacked).toMatchObject({ samples: { unseen: 25 } });
  });

  it("forgets classes within labels along an axis", async () => {
    const folder = temporaryFolder();
    const overrides = { forget: { kind: "sub-class", class: 0 }, data: { labels: "coarse" } };
    const axis = { key: "forget.class", values: ["class-0", "class-3"] };
    const content = study("tiny-sub-class", { overrides, axis });
    const { json, said } = await run(folder, { content, engine: "cpu", file: "study.json" });
    const found: Study = parseStudy(json);
    expect(found.runs.every(({ classes }) => classes?.neighbours.length === 3)).toBe(true);
    // The sibling within the label first; the original takes its images for the label most often.
    const [first] = found.runs.filter(({ value }) => value === "class-0");
    expect(first?.classes?.neighbours[0]?.name).toBe("class-1");
    expect(said.match(/train original.*: started/g)).toHaveLength(1);
    expect(said).toContain("UA, unseen");
  });

  it("answers requests one after another on wasm, with attacks against the oracle", async () => {
    const folder = temporaryFolder();
    const overrides = {
      forget: { kind: "requests", sizes: [10, 10] },
      audit: { evaluators: ["rmia"] },
    };
    const axis = { key: "forget.upTo", values: [1, 2] };
    const content = study("tiny-stream", { overrides, axis, evaluators: true });
    const { json, said } = await run(folder, { content, engine: "wasm", file: "study.json" });
    const found: Study = parseStudy(json);
    expect(said.match(/unlearn: finetune \(30 %\), request 1.*: started/g)).toHaveLength(1);
    expect(said.match(/train original.*: started/g)).toHaveLength(1);
    const rmia = found.attacks?.filter(({ attack, role }) => attack === "rmia" && role === "row");
    expect(rmia?.map(({ value, reading }) => ["auc" in reading, value])).toEqual([
      [true, 1],
      [true, 1],
      [true, 1],
      [true, 2],
      [true, 2],
      [true, 2],
    ]);
    expect(rmia?.map(({ reading }) => ("auc" in reading ? reading.samples.forget : 0))).toEqual([
      10, 10, 10, 20, 20, 20,
    ]);
    // Everything is found again.
    expect((await run(folder, { content, engine: "wasm", file: "study.json" })).said).not.toMatch(
      /: started/,
    );
  });
});
