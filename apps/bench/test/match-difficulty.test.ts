import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { disposeParams, type IndexSet } from "@ltu/core";
import { phiFloat64 } from "@ltu/mia";
import { attackFromJSON, matchDifficulty, type Difficulty } from "@ltu/mia/feedback";
import { openStore, runStages, stageKey, type Stage } from "@ltu/runner";
import { fit, predict } from "@ltu/train";
import { describe, expect, it } from "vitest";

import { composeMethods } from "../src/compose-methods.ts";
import { parseExperiment, type Experiment } from "../src/config.ts";
import { createContext } from "../src/create-context.ts";
import { loadData } from "../src/load-data.ts";
import { planRun, type Plan } from "../src/plan.ts";
import { feedbackUse } from "../src/plan-feedback.ts";
import type { RunContext } from "../src/run-context.ts";
import { decodeAccessibleRetain } from "../src/stages/accessible-retain.ts";
import { decodeJson } from "../src/stages/json-artefact.ts";
import { preparationCost } from "../src/stages/preparation-cost.ts";
import { countSets, decodeSplits, type PreparedSplits } from "../src/stages/prepare.ts";
import { decodeDifficulty } from "../src/stages/train-difficulty.ts";
import { readRow } from "../src/study/read-cell.ts";
import { idleLoad } from "./idle-load.ts";
import { tinyExperiment } from "./run-bench.ts";

const ground = { engine: "cpu", threads: 1 };
const ltu = (label: string, options: object): object => ({
  name: "ltu",
  label,
  options: { attacks: ["phi-logistic"], epochs: 1, ...options },
});

async function planned(changes: object): Promise<{
  readonly context: RunContext;
  readonly plan: Plan;
  readonly experiment: Experiment;
}> {
  const experiment = parseExperiment({ ...tinyExperiment, ...changes }, "tiny");
  const data = await loadData(experiment, idleLoad);
  const context = await createContext(experiment, { data, seed: 1, ground, folder: "." });
  return { context, experiment, plan: planRun(context, await composeMethods(experiment, { folder: "." })) };
}

/** What a model says of both sets that is trained here, by the stage's stream, on the samples given. */
async function phiAfterTrainingOn(
  data: IndexSet,
  {
    context: { experiment, model, batches, rng },
    splits: { valSet, forgetSet },
  }: { readonly context: RunContext; readonly splits: PreparedSplits },
): Promise<Difficulty> {
  const stream = rng.split("difficulty");
  const start = model.init(stream.split("init"));
  const { weights } = await fit({
    model,
    weights: start,
    batches,
    data,
    recipe: experiment.training,
    rng: stream,
  });
  const phiOn = async (indexes: IndexSet): Promise<number[]> => [
    ...phiFloat64(await predict(model, weights, batches, indexes)),
  ];
  const phi = { nonMembers: await phiOn(valSet), forget: await phiOn(forgetSet) };
  [start, weights].forEach(({ params, stats }) => [params, stats].forEach(disposeParams));
  return phi;
}

const methods = [
  ltu("plain", {}),
  ltu("matched", { matchDifficulty: true }),
  ltu("matched, other rate", { matchDifficulty: true, outerLr: 0.001 }),
];

describe("rows of ltu with matchDifficulty", () => {
  it("share one model, trained on the accessible retain set, and leave other rows as they are", async () => {
    const { plan } = await planned({ methods });
    const { plan: without } = await planned({ methods: methods.slice(0, 1) });
    const [, plain, matched, other] = plan.rows;
    expect(plain!.difficulty).toBeUndefined();
    expect(stageKey(plain!.unlearn)).toBe(stageKey(without.rows[1]!.unlearn));
    expect(plain!.method.options).not.toHaveProperty("matchDifficulty");
    expect(matched!.method.options).toMatchObject({ matchDifficulty: true });
    expect(matched!.difficulty).toBeDefined();
    expect(other!.difficulty).toBe(matched!.difficulty);
    expect(other!.attacks).toBe(matched!.attacks);
    expect(plan.stages.filter((stage) => stage === matched!.difficulty)).toHaveLength(1);
  });

  it("compare with non-members as hard as the forget set, and count the model among their cost", async () => {
    const { context, experiment, plan } = await planned({ methods });
    const folder = await mkdtemp(join(tmpdir(), "ltu-difficulty-"));
    try {
      const results = await runStages(plan.stages, await openStore(folder), { onEvent: () => undefined });
      const [, plain, matched] = plan.rows;
      const difficulty = decodeDifficulty(await results.artefact(matched!.difficulty!));
      const splits = decodeSplits(await results.artefact(plan.prepare));
      expect(difficulty.nonMembers).toHaveLength(splits.valSet.length);
      expect(difficulty.forget).toHaveLength(splits.forgetSet.length);
      const accessible = decodeAccessibleRetain(await results.artefact(plan.accessible));
      expect(difficulty).toEqual(await phiAfterTrainingOn(accessible, { context, splits }));
      const attackOf = async (stage: Stage): Promise<ReturnType<typeof attackFromJSON>> =>
        attackFromJSON(decodeJson<object[]>(await results.artefact(stage))[0]);
      const before = await attackOf(plain!.attacks!);
      const after = await attackOf(matched!.attacks!);
      expect(after.nonMember).toEqual(matchDifficulty(before, difficulty).nonMember);
      expect(after.nonMember).not.toEqual(before.nonMember);

      const counts = countSets({ ...splits, accessibleRetain: accessible });
      const trained = experiment.training.epochs * counts.accessibleRetain;
      const [fewer, more] = [false, true].map((hasDifficulty) =>
        preparationCost(experiment, { counts, hasAttacks: true, hasReferences: false, hasDifficulty }),
      );
      expect(more!.imagesBackward - fewer!.imagesBackward).toBe(trained);
      expect(more!.imagesForward - fewer!.imagesForward).toBe(trained + counts.val + counts.forget);
      const cell = { context, plan, results };
      const [one, two] = [await readRow(cell, plain!), await readRow(cell, matched!)];
      expect(two.reading.cost!.imagesBackward - one.reading.cost!.imagesBackward).toBe(trained);
      expect(two.seconds.attackTraining).toBeGreaterThan(results.wallMs(matched!.difficulty!) / 1000);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("name the model to the firewall", async () => {
    const { context, plan } = await planned({ methods });
    const [, plain, matched] = plan.rows;
    expect(feedbackUse(context, plain!)?.shadowModels).toEqual([]);
    expect(feedbackUse(context, matched!)?.shadowModels).toEqual([stageKey(matched!.difficulty!)]);
  });

  it("train it anew for each of several requests, on what is accessible then", async () => {
    const { plan } = await planned({ methods, forget: { kind: "requests", sizes: [5, 6], upTo: 2 } });
    const row = plan.rows[2]!;
    const models = [...row.earlier, row.difficulty!].filter(({ name }) => name === row.difficulty!.name);
    expect(models).toHaveLength(2);
    expect(new Set(models.map(({ dependsOn }) => stageKey(dependsOn[1]!))).size).toBe(2);
    const folder = await mkdtemp(join(tmpdir(), "ltu-difficulty-"));
    try {
      const results = await runStages(models, await openStore(folder), { onEvent: () => undefined });
      const sizes = models.map(
        async (model) => decodeDifficulty(await results.artefact(model)).forget.length,
      );
      expect(await Promise.all(sizes)).toEqual([5, 6]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    [
      { matchDifficulty: "auto" },
      /matchDifficulty of ltu must be true or false, found "auto"; correct it\.$/u,
    ],
    [
      { matchDifficulty: true, miRefreshEpochs: 1 },
      /matchDifficulty needs attacks that stay .+ miRefreshEpochs/u,
    ],
    [
      { matchDifficulty: true, matchClasses: true },
      /matchDifficulty takes the place of matchClasses, found both true; leave one of them out\.$/u,
    ],
  ])("refuse %j", async (options, message) => {
    await expect(planned({ methods: [ltu("wrong", options)] })).rejects.toThrow(message);
  });
});
