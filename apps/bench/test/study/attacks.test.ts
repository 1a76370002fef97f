import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseStudy, studyAttackSummaries, studyMarkdown, type Study } from "@ltu/report";
import { openStore, runStages } from "@ltu/runner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openArchive } from "../../src/archive/archive.ts";
import { loadData } from "../../src/load-data.ts";
import type { RunSession } from "../../src/run-session.ts";
import { assembleStudy } from "../../src/study/assemble-study.ts";
import { planCells } from "../../src/study/plan-study.ts";
import { runCells } from "../../src/study/run-cells.ts";
import { studyLine } from "../../src/study/study-archive.ts";
import { parseStudyConfig } from "../../src/study/study-config.ts";
import { tinyExperiment } from "../run-bench.ts";

const base = {
  ...tinyExperiment,
  training: { ...tinyExperiment.training, epochs: 10 },
  oracles: { count: 2, heldOut: 2 },
  audit: { evaluators: ["rmia", "u-lira"], shadows: { budget: 4 } },
  methods: [
    { name: "do-nothing", shadows: true },
    { name: "finetune", label: "finetune", options: { retainAccess: "rho", epochs: 1 } },
  ],
};
const config = parseStudyConfig(
  {
    schemaVersion: 1,
    kind: "study",
    name: "tiny-attacks",
    experiment: base,
    seeds: [1, 2],
    evaluators: true,
  },
  "tiny",
);

describe("a study with evaluators", () => {
  let folder: string;
  let study: Study;
  let made: string[];
  const session = (): RunSession => ({
    engine: { name: "cpu", description: "", threads: 1, versions: {}, tried: [] },
    versions: {},
    ground: { engine: "cpu", threads: 1 },
    startedMs: 0,
    say: () => undefined,
    load: (experiment) =>
      loadData(experiment, {
        folder: undefined,
        download: false,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      }),
    runStages: async (stages, { afterStage }) => {
      made = stages.map(({ name }) => name);
      return runStages(stages, await openStore(join(folder, "store")), { afterStage });
    },
    write: async () => undefined,
  });
  const run = async (): Promise<Study> => {
    const cells = await planCells(config, { base, folder: "." });
    const archive = await openArchive(join(folder, "trials"), studyLine);
    const request = { config, cells, archive, session: session(), allowSharedEvaluator: false };
    const stages = await runCells({ ...request, folder: "." });
    return assembleStudy({ ...request, base, stages });
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ltu-study-attacks-"));
    study = await run();
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true }));

  it("holds what each evaluator found on every model of every seed, and is read back", () => {
    expect(parseStudy(JSON.parse(JSON.stringify(study)))).toEqual(study);
    const on = (model: string, attack: string): number =>
      study.attacks?.filter((each) => each.model === model && each.attack === attack).length ?? 0;
    for (const model of ["original", "oracle 2", "held-out oracle 1", "do-nothing", "finetune"])
      expect([on(model, "rmia"), on(model, "u-lira")], model).toEqual([2, 2]);
  });

  it("summarises them over seeds, the held-out oracles of a seed as one", () => {
    const summaries = studyAttackSummaries(study);
    const find = (model: string, attack: string): (typeof summaries)[number] =>
      summaries.find((each) => each.model === model && each.attack === attack) as (typeof summaries)[number];
    const idle = find("do-nothing", "rmia");
    const oracle = find("held-out oracle", "rmia");
    expect([idle.auc.values.length, oracle.auc.values.length]).toEqual([2, 2]);
    expect(idle.auc.mean as number).toBeGreaterThan((oracle.auc.mean as number) + 0.2);
    const values = study.attacks?.flatMap(({ role, seed, attack, reading }) =>
      role === "held-out oracle" && seed === 1 && attack === "rmia" && "auc" in reading ? [reading.auc] : [],
    ) as number[];
    expect(oracle.auc.values[0]).toBeCloseTo(((values[0] as number) + (values[1] as number)) / 2, 12);
    expect(find("finetune", "u-lira")).toMatchObject({ reasons: ["NO_UNLEARNED_SHADOWS"] });
    expect(find("held-out oracle", "u-lira").shadowsOf).toBe("do-nothing");
    const text = studyMarkdown(study);
    expect(text).toMatch(/\| do-nothing \| rmia \| 0\.\d{3} ± \d\.\d{3} \|/);
    expect(text).toMatch(/\| held-out oracle \| u-lira, shadows of do-nothing \| 0\.\d{3} ± /);
    expect(text.replaceAll("\\", "")).toContain(
      "u-lira on finetune: 2 of 2 seeds have no number (NO_UNLEARNED_SHADOWS).",
    );
  });

  it("keeps them like all readings and makes none again", async () => {
    const again = await run();
    expect(made).toEqual([]);
    expect(again.attacks).toEqual(study.attacks);
  });

  it("refuses a name that is no evaluator before any work", async () => {
    const wrong = { ...base, audit: { evaluators: ["rmai"] } };
    await expect(planCells({ ...config, experiment: wrong }, { base: wrong, folder: "." })).rejects.toThrow(
      /study tiny-attacks: .*did you mean "rmia"/u,
    );
  });
});
