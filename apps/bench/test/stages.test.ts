import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { memory } from "@tensorflow/tfjs-core";
import { cutSplits } from "@ltu/datasets";
import { parseResult } from "@ltu/report";
import { openStore, runStages, stageKey, type Stage, type StageContext } from "@ltu/runner";
import { describe, expect, it } from "vitest";

import { assembleResult } from "../src/assemble-result.ts";
import { composeEvaluators } from "../src/compose-evaluators.ts";
import { composeMethods } from "../src/compose-methods.ts";
import { parseExperiment } from "../src/config.ts";
import { createContext } from "../src/create-context.ts";
import { loadData } from "../src/load-data.ts";
import { planRun, type Plan } from "../src/plan.ts";
import type { RunContext } from "../src/run-context.ts";
import { decodeAccessibleRetain } from "../src/stages/accessible-retain.ts";
import { decodeSplits } from "../src/stages/prepare.ts";
import { trainOracleStage } from "../src/stages/train-oracle.ts";
import { decodeReferences } from "../src/stages/train-references.ts";
import { tinyExperiment } from "./run-bench.ts";
import { idleLoad } from "./idle-load.ts";

const experiment = parseExperiment(tinyExperiment, "tiny");
const ground = { engine: "cpu", threads: 1 };

describe("the stages of a run", () => {
  const further = ["label-only", "gradient-norm"];

  it("leave as many tensors as they found, each of them", async () => {
    const data = await loadData(experiment, idleLoad);
    const methods = await composeMethods(experiment, { folder: "." });
    const asked = {
      ...experiment,
      audit: { ...experiment.audit, evaluators: [...experiment.audit.evaluators, ...further] },
    };
    const plan = planRun(await createContext(asked, { data, seed: 1, ground, folder: "." }), methods, {
      evaluators: await composeEvaluators(asked, { folder: "." }),
    });
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
    const data = await loadData(experiment, idleLoad);
    const methods = await composeMethods(experiment, { folder: "." });
    const plan = planRun(await createContext(experiment, { data, seed: 5, ground, folder: "." }), methods);
    for (const name of ["prepare", "choose the forget set"])
      expect(plan.stages.filter((stage) => stage.name === name)).toHaveLength(1);
    const [cut] = plan.prepare.dependsOn as [Stage];
    const artefact = (stage: Stage): Promise<Uint8Array> => stage.run({ artefact } as StageContext);
    const { trainSet, forgetSet, retainSet } = decodeSplits(await artefact(plan.prepare));
    const accessibleRetain = decodeAccessibleRetain(await artefact(plan.accessible));
    const trained = new Set(trainSet);
    expect([...forgetSet].every((index) => trained.has(index))).toBe(true);
    expect([...forgetSet, ...retainSet].sort((a, b) => a - b)).toEqual([...trainSet]);
    expect(accessibleRetain).toHaveLength(54);
    const retained = new Set(retainSet);
    expect([...accessibleRetain].every((index) => retained.has(index))).toBe(true);
    // The sets are those that cutSplits of the one split seed cuts.
    const { train, val, test } = experiment.data;
    const direct = cutSplits(data, { splitSeed: 5, train, val, test, forget: 20, retainFraction: 0.3 });
    expect({ trainSet, forgetSet, retainSet, accessibleRetain }).toEqual({
      trainSet: direct.trainSet,
      forgetSet: direct.forgetSet,
      retainSet: direct.retainSet,
      accessibleRetain: direct.accessibleRetain,
    });
    // The original depends on the training set alone, every other stage that touches data on the one forget set; audits
    // compute from outputs that were read.
    expect(plan.original.dependsOn).toEqual([cut]);
    for (const stage of plan.stages.filter((each) => each !== cut && each !== plan.original)) {
      const builtOn = stage.name.startsWith("audit: ") ? stage.dependsOn[0]!.dependsOn : stage.dependsOn;
      expect(builtOn).toContain(stage === plan.prepare ? cut : plan.prepare);
    }
  });

  it("are the same for another retain fraction, but for those that read the accessible set", async () => {
    const data = await loadData(experiment, idleLoad);
    const planOf = async (retainFraction: number): Promise<Plan> => {
      const changed = { ...experiment, retainFraction };
      return planRun(
        await createContext(changed, { data, seed: 1, ground, folder: "." }),
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
    const data = await loadData(experiment, idleLoad);
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
      await createContext(changed, { data, seed: 1, ground, folder: "." }),
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

describe("the oracles of a run", () => {
  const planOf = async (oracles: object): Promise<{ plan: Plan; context: RunContext }> => {
    const changed = parseExperiment(
      { ...tinyExperiment, oracles, methods: [{ name: "do-nothing" }], training: shortTraining },
      "tiny",
    );
    const data = await loadData(changed, idleLoad);
    const context = await createContext(changed, { data, seed: 1, ground, folder: "." });
    return { context, plan: planRun(context, await composeMethods(changed, { folder: "." })) };
  };
  const shortTraining = { ...tinyExperiment.training, epochs: 2 };

  it("are one and none held out unless the experiment says so", () => {
    expect(experiment.oracles).toEqual({ count: 1, heldOut: 0 });
  });

  it("are made of retained images alone, each from a stream of its own, and those held out stay so", async () => {
    const { plan: few } = await planOf({ count: 1, heldOut: 1 });
    const { plan: many } = await planOf({ count: 3, heldOut: 1 });
    expect(many.oracles.reference.map(({ name }) => name)).toEqual(["oracle 1", "oracle 2", "oracle 3"]);
    const trained = [...many.oracles.reference, ...many.oracles.heldOut].map(({ train }) => stageKey(train));
    expect(new Set(trained).size).toBe(4);
    expect(stageKey(many.rows[0]!.unlearn)).toBe(trained[0]);
    // With more oracles the first and the held-out one are found again.
    expect(stageKey(few.rows[0]!.unlearn)).toBe(trained[0]);
    expect(stageKey(few.oracles.heldOut[0]!.train)).toBe(trained[3]);
    for (const { train } of many.oracles.reference.slice(1)) expect(train.dependsOn).toEqual([many.prepare]);
  });

  it("are trained as the row retrain trains the first: the same stream gives the same weights", async () => {
    const { plan, context } = await planOf({ count: 1 });
    const [retrain] = await composeMethods(context.experiment, { folder: "." });
    const stream = context.rng.split("unlearn").split(JSON.stringify(retrain.inputs));
    const again = trainOracleStage(context, { prepare: plan.prepare, name: "again", stream });
    const folder = await mkdtemp(join(tmpdir(), "ltu-stages-"));
    try {
      const results = await runStages([plan.rows[0]!.unlearn, again], await openStore(folder));
      expect(await results.artefact(again)).toEqual(await results.artefact(plan.rows[0]!.unlearn));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("give the row retrain as their mean, and the held-out one its gap as noise floor", async () => {
    const { plan, context } = await planOf({ count: 2, heldOut: 1 });
    const folder = await mkdtemp(join(tmpdir(), "ltu-stages-"));
    try {
      const results = await runStages(plan.stages, await openStore(folder));
      const result = await assembleResult({
        context,
        plan,
        results,
        engine: { name: "cpu", description: "", threads: 1, versions: {}, tried: [] },
        versions: {},
        startedMs: 0,
        warnings: [],
      });
      // Everything that follows from the single models is checked there.
      expect(parseResult(JSON.parse(JSON.stringify(result)))).toEqual(result);
      const { reference, heldOut, noiseFloor } = result.oracles;
      const [a, b] = reference.map(({ metrics }) => metrics.ta as number) as [number, number];
      expect(result.rows[0]!.metrics.ta).toBe((a + b) / 2);
      expect(result.rows[0]!.gap).toMatchObject({ value: 0 });
      expect(heldOut[0]!.gap).toMatchObject({ value: noiseFloor });
      expect(result.original.metrics).toEqual(result.rows[1]!.metrics);
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
    expect(plain?.options).toMatchObject({ mode: "both", forgetNormCap: 0.3756 });
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
