import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { BatchSource, IndexSet } from "@ltu/core";
import { openStore, runStages, type Stage, type StageResults } from "@ltu/runner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { composeMethods } from "../../src/compose-methods.ts";
import { parseExperiment } from "../../src/config.ts";
import { createContext } from "../../src/create-context.ts";
import { loadData } from "../../src/load-data.ts";
import { planRun } from "../../src/plan.ts";
import type { RunContext } from "../../src/run-context.ts";
import { decodeJson } from "../../src/stages/json-artefact.ts";
import { decodeSplits } from "../../src/stages/prepare.ts";
import { planPilot, type Pilot, type PilotRequest } from "../../src/search/plan-pilot.ts";
import { planSearch, type PilotRun } from "../../src/search/plan-search.ts";
import type { TrialOutcome } from "../../src/search/trial.ts";
import { tinyExperiment } from "../run-bench.ts";
import { idleLoad } from "../idle-load.ts";

const experiment = parseExperiment(
  {
    ...tinyExperiment,
    training: { ...tinyExperiment.training, epochs: 10 },
    methods: [{ name: "random-labels", options: { retainAccess: "rho" } }],
  },
  "tiny",
);
const seed = 101;

/** The same context, whose batches note which samples are read. */
function watched(context: RunContext, read: Set<number>): RunContext {
  const { batches } = context;
  const source: BatchSource = Object.assign(
    (...[indexes, options]: [IndexSet, Parameters<BatchSource>[1]?]) => {
      indexes.forEach((index) => read.add(index));
      return batches(indexes, options);
    },
    { imageShape: batches.imageShape, classes: batches.classes },
  );
  return { ...context, batches: source };
}

const wanted = (run: PilotRun, measureRetrained = true): PilotRequest => ({
  retrain: run.retrain,
  trials: run.trials.flat(),
  measureRetrained,
});

describe("a pilot run", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ltu-pilot-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const run = async (stages: readonly Stage[]): Promise<StageResults> =>
    runStages(stages, await openStore(folder), {});
  const contextOf = async (pilot: PilotRun): Promise<RunContext> =>
    createContext(pilot.experiment, {
      data: await loadData(pilot.experiment, idleLoad),
      seed,
      ground: { engine: "cpu", threads: 1 },
      folder: ".",
    });
  const planned = async (
    read: Set<number>,
  ): Promise<{ pilot: Pilot; context: RunContext; run: PilotRun }> => {
    const row = {
      label: "random-labels",
      method: "random-labels",
      options: { retainAccess: "rho" },
      count: 2,
    };
    const request = { rows: [row], seeds: [seed], folder: ".", where: "test" };
    const { runs } = await planSearch(experiment, request);
    const [pilotRun] = runs as [PilotRun];
    const context = watched(await contextOf(pilotRun), read);
    return { pilot: planPilot(context, wanted(pilotRun)), context, run: pilotRun };
  };

  it("reads no test image, measures everybody on validation images, and so would a real run not", async () => {
    const read = new Set<number>();
    const { pilot, context, run: pilotRun } = await planned(read);
    const results = await run(pilot.stages);
    const prepare = pilot.stages.find(({ name }) => name === "choose the forget set") as Stage;
    const { testSet, valSet } = decodeSplits(await results.artefact(prepare));
    expect(testSet.filter((index) => read.has(index))).toHaveLength(0);
    expect(valSet.every((index) => read.has(index))).toBe(true);
    for (const stage of pilot.trials) {
      expect(decodeJson<TrialOutcome>(await results.artefact(stage))).toHaveProperty("metrics.ta");
    }
    // The fault that is looked for: the audit of a run, which is for the report.
    await run(planRun(context, [pilotRun.retrain]).stages);
    expect(testSet.filter((index) => read.has(index))).toHaveLength(testSet.length);
  });

  it("shares original and retrained model with a run at that seed", async () => {
    const { pilot, context } = await planned(new Set());
    await run(pilot.stages);
    const [retrain] = await composeMethods(experiment, { folder: "." });
    const plan = planRun(context, [retrain]);
    const results = await run(plan.stages);
    expect(
      [plan.prepare, plan.original, plan.rows[0]!.unlearn].map((stage) => results.reused(stage)),
    ).toEqual([true, true, true]);
  });

  it("trains no retrained model where their numbers are known", async () => {
    const { context, run: pilotRun } = await planned(new Set());
    const names = (measureRetrained: boolean): string[] =>
      planPilot(context, wanted(pilotRun, measureRetrained)).stages.map(({ name }) => name);
    expect(names(true)).toContain("retrain");
    expect(names(false)).not.toContain("retrain");
    expect(names(false)).toContain("train original");
  });

  it("counts a divergence as the outcome of its trial, and goes on", async () => {
    const wild = parseExperiment(
      {
        ...tinyExperiment,
        training: { ...tinyExperiment.training, epochs: 10 },
        methods: [{ name: "finetune", label: "wild", options: { lr: 1e30, epochs: 2 } }],
      },
      "tiny",
    );
    const [retrain, method] = await composeMethods({ ...wild, seed }, { folder: "." });
    const pilotRun = {
      seed,
      experiment: { ...wild, seed },
      retrain,
      trials: [[{ row: "finetune", name: "finetune lr=1e30", method: method! }]],
    };
    const pilot = planPilot(await contextOf(pilotRun), wanted(pilotRun));
    const results = await run(pilot.stages);
    const outcome = decodeJson<TrialOutcome>(await results.artefact(pilot.trials[0]!));
    expect(outcome).toMatchObject({ failed: { reason: "DIVERGED" } });
    expect(JSON.stringify(outcome)).toMatch(/at step \d+ of/);
  });
});
