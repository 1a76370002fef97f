import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { memory } from "@tensorflow/tfjs-core";
import { openStore, runStages, stageKey } from "@ltu/runner";
import { describe, expect, it } from "vitest";

import { composeMethods } from "../src/compose-methods.ts";
import { parseExperiment } from "../src/config.ts";
import { createContext } from "../src/create-context.ts";
import { loadData } from "../src/load-data.ts";
import { planRun, type Plan } from "../src/plan.ts";
import { decodeAccessibleRetain, decodeSplits } from "../src/stages/prepare.ts";
import { decodeReferences } from "../src/stages/train-references.ts";
import { tinyExperiment } from "./run-bench.ts";

const experiment = parseExperiment(tinyExperiment, "tiny");
const ground = { engine: "cpu", threads: 1 };
const idle = {
  folder: undefined,
  download: false,
  signal: new AbortController().signal,
  onProgress: () => undefined,
};

describe("the stages of a run", () => {
  it("leave as many tensors as they found, each of them", { timeout: 120_000 }, async () => {
    const data = await loadData(experiment, idle);
    const methods = await composeMethods(experiment, { folder: "." });
    const plan = planRun(createContext(experiment, { data, seed: 1, ground }), methods);
    const folder = await mkdtemp(join(tmpdir(), "ltu-stages-"));
    const counts: Record<string, [number, number]> = {};
    let before = 0;
    try {
      await runStages(plan.stages, await openStore(folder), {
        onEvent: ({ kind, stage }) => {
          if (kind === "started") before = memory().numTensors;
          if (kind === "finished") counts[stage] = [before, memory().numTensors];
        },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(Object.keys(counts)).toHaveLength(plan.stages.length);
    for (const [stage, [atStart, atEnd]] of Object.entries(counts)) expect(atEnd, stage).toBe(atStart);
  });

  it("cut every set once, from one split seed: every forget sample was a training sample of the original", async () => {
    const data = await loadData(experiment, idle);
    const methods = await composeMethods(experiment, { folder: "." });
    const plan = planRun(createContext(experiment, { data, seed: 5, ground }), methods);
    const prepareStages = plan.stages.filter(({ name }) => name === "prepare");
    expect(prepareStages).toHaveLength(1);
    const bytes = await prepareStages[0]!.run({} as never);
    const { trainSet, forgetSet, retainSet } = decodeSplits(bytes);
    const accessibleRetain = decodeAccessibleRetain(await plan.accessible.run({} as never));
    const trained = new Set(trainSet);
    expect([...forgetSet].every((index) => trained.has(index))).toBe(true);
    expect([...forgetSet, ...retainSet].sort((a, b) => a - b)).toEqual([...trainSet]);
    expect(accessibleRetain).toHaveLength(54);
    const retained = new Set(retainSet);
    expect([...accessibleRetain].every((index) => retained.has(index))).toBe(true);
    // Every stage that touches data depends on that one stage.
    for (const stage of plan.stages.filter(({ name }) => name !== "prepare"))
      expect(stage.dependsOn).toContain(plan.prepare);
  });

  it("are the same for another retain fraction, but for those that read the accessible set", async () => {
    const data = await loadData(experiment, idle);
    const planOf = async (retainFraction: number): Promise<Plan> => {
      const changed = { ...experiment, retainFraction };
      return planRun(
        createContext(changed, { data, seed: 1, ground }),
        await composeMethods(changed, { folder: "." }),
      );
    };
    const [some, more] = [await planOf(0.3), await planOf(0.6)];
    expect(stageKey(more.original)).toBe(stageKey(some.original));
    expect(stageKey(more.accessible)).not.toBe(stageKey(some.accessible));
    const shared = some.rows.filter(({ audit }, i) => stageKey(more.rows[i]!.audit) === stageKey(audit));
    expect(shared.map(({ method }) => method.label)).toEqual([
      "retrain",
      "do-nothing",
      "random-labels (all)",
    ]);
  });

  it("train reference models once, on a part of the validation set alone, where an attack compares with them", async () => {
    const data = await loadData(experiment, idle);
    const ltuWith = (...attacks: string[]): object => ({ name: "ltu", options: { attacks, epochs: 1 } });
    const changed = parseExperiment(
      {
        ...tinyExperiment,
        methods: [
          { ...ltuWith("difficulty-calibrated"), label: "calibrated" },
          { ...ltuWith("soft-ratio", "phi-logistic"), label: "ratio" },
          { ...ltuWith("phi-logistic"), label: "without" },
        ],
      },
      "tiny",
    );
    const plan = planRun(
      createContext(changed, { data, seed: 1, ground }),
      await composeMethods(changed, { folder: "." }),
    );
    const references = plan.rows.map((row) => row.references);
    expect(references[1]).toBeDefined();
    expect(references).toEqual([undefined, references[1], references[1], undefined]);
    expect(plan.stages.filter((stage) => stage === references[1])).toHaveLength(1);

    const folder = await mkdtemp(join(tmpdir(), "ltu-stages-"));
    try {
      const results = await runStages(plan.stages, await openStore(folder), { onEvent: () => undefined });
      const { indexes, models, trainedOn } = decodeReferences(await results.artefact(references[1]!));
      const { valSet, forgetSet } = decodeSplits(await results.artefact(plan.prepare));
      const accessible = decodeAccessibleRetain(await results.artefact(plan.accessible));
      expect([...indexes]).toEqual([...accessible, ...valSet, ...forgetSet]);
      expect(models).toHaveLength(2);
      expect(models[0]!.logits).not.toEqual(models[1]!.logits);
      expect(trainedOn).toHaveLength(Math.ceil(valSet.length / 2));
      expect([...trainedOn].every((index) => valSet.includes(index))).toBe(true);
      const calibrated = plan.rows[1]!;
      expect(results.wallMs(calibrated.unlearn)).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("options of ltu in an experiment", () => {
  const composed = (options: object): ReturnType<typeof composeMethods> =>
    composeMethods(parseExperiment({ ...tinyExperiment, methods: [{ name: "ltu", options }] }, "tiny"), {
      folder: ".",
    });

  it("name an ablation, over which options of their own are laid", async () => {
    const [, plain] = await composed({});
    const [, ablated] = await composed({ ablation: "noHarmonization", forgetNormCap: 0.4 });
    expect(plain?.options).toMatchObject({ mode: "both", forgetNormCap: 0.1 });
    expect(ablated?.options).toMatchObject({ mode: "off", forgetNormCap: 0.4 });
    await expect(composed({ ablation: "noHarmonisation" })).rejects.toThrow(
      /ablation of ltu must be one of .*found "noHarmonisation"; did you mean "noHarmonization"/u,
    );
  });

  it("refuse to refresh attacks that compare with reference models", async () => {
    await expect(composed({ miRefreshEpochs: 1, attacks: ["soft-ratio"] })).rejects.toThrow(
      /miRefreshEpochs needs attacks that do without reference models, found soft-ratio/u,
    );
  });
});
