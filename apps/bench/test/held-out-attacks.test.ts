import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRng, type Predictions } from "@ltu/core";
import { attackStrength } from "@ltu/metrics";
import { phiFloat64 } from "@ltu/mia";
import {
  auditScores,
  defineEvaluator,
  lossThreshold,
  type AuditInput,
  type Evaluator,
} from "@ltu/mia/evaluators";
import { hasStrength, parseResult, type AttackReading, type Result } from "@ltu/report";
import { openStore, runStages, stageKey } from "@ltu/runner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { assembleResult } from "../src/assemble-result.ts";
import { cutAuditSets, drawFitMembers } from "../src/audit-sets.ts";
import { composeEvaluators, type PlannedEvaluator } from "../src/compose-evaluators.ts";
import { composeMethods } from "../src/compose-methods.ts";
import { parseExperiment } from "../src/config.ts";
import { createContext } from "../src/create-context.ts";
import { loadData } from "../src/load-data.ts";
import { planRun, type Plan } from "../src/plan.ts";
import type { RunContext } from "../src/run-context.ts";
import { decodeOutputs } from "../src/stages/read-outputs.ts";
import { tinyExperiment } from "./run-bench.ts";
import { idleLoad } from "./idle-load.ts";

const evaluators = [
  "loss-threshold",
  "entropy-threshold",
  "quantile",
  "rmia",
  "lira",
  "label-only",
  "ensemble",
  "union",
  "intersection",
];
const experiment = parseExperiment(
  {
    ...tinyExperiment,
    data: { ...tinyExperiment.data, test: 200 },
    training: { ...tinyExperiment.training, epochs: 15 },
    oracles: { count: 2, heldOut: 1 },
    audit: { evaluators },
    methods: [
      { name: "do-nothing" },
      { name: "ltu", label: "LTU", options: { attacks: ["phi-logistic"], epochs: 1 } },
      { name: "boundary-expanding", label: "wider", options: { dropShadow: false, epochs: 1 } },
    ],
  },
  "tiny",
);

/** Evaluators as somebody's own files export them. */
const ownEvaluators = [
  // How much surer the model has become of the right class.
  defineEvaluator({
    name: "change",
    kind: "population",
    families: ["update-pair"],
    needs: ["before"],
    readsLabels: true,
    score: ({ score: { samples } }) => {
      const before = phiFloat64(samples.before as Predictions);
      return auditScores(
        phiFloat64(samples).map((phi, i) => phi - (before[i] as number)),
        "population",
      );
    },
  }),
  // Asynchronous, and with a score that is no number.
  {
    ...lossThreshold(),
    name: "broken",
    families: ["broken"],
    evaluate: async ({ score }: AuditInput) =>
      auditScores(new Float64Array(score.samples.labels.length).fill(NaN), "query"),
  } as unknown as Evaluator,
].map((evaluator): PlannedEvaluator => ({ evaluator, comparesWith: "none" }));

describe("the evaluators of a run", () => {
  let folder: string;
  let context: RunContext;
  let plan: Plan;
  let result: Result;
  const planOf = async (allowSharedEvaluator: boolean): Promise<Plan> =>
    planRun(context, await composeMethods(experiment, { folder: "." }), {
      evaluators: [...(await composeEvaluators(experiment, { folder: "." })), ...ownEvaluators],
      allowSharedEvaluator,
    });
  const run = async (planned: Plan): Promise<Result> =>
    assembleResult({
      context,
      plan: planned,
      results: await runStages(planned.stages, await openStore(folder)),
      engine: { name: "cpu", description: "", threads: 1, versions: {}, tried: [] },
      versions: {},
      startedMs: 0,
      warnings: [],
    });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ltu-attacks-"));
    const data = await loadData(experiment, idleLoad);
    context = await createContext(experiment, {
      data,
      seed: 1,
      ground: { engine: "cpu", threads: 1 },
      folder: ".",
    });
    plan = await planOf(false);
    result = await run(plan);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true }));

  const attacksOf = (label: string): readonly AttackReading[] =>
    result.rows.find((row) => row.label === label)?.audit?.attacks ?? [];
  const named = (attacks: readonly AttackReading[], name: string): AttackReading =>
    attacks.find(({ attack }) => attack === name) as AttackReading;

  it("leave a result that is read back", () => {
    expect(parseResult(JSON.parse(JSON.stringify(result)))).toEqual(JSON.parse(JSON.stringify(result)));
  });

  it("attack every model, with intervals and both directions", () => {
    const [retrain, idleRow] = result.rows;
    expect(retrain?.audit).toBeUndefined();
    for (const { attack, reading } of idleRow?.audit?.attacks ?? []) {
      if (attack === "broken") continue;
      expect(hasStrength(reading), JSON.stringify(reading)).toBe(true);
      if (!hasStrength(reading)) continue;
      expect(reading.samples).toEqual({ forget: 20, unseen: 100, leftOut: 0 });
      expect(reading.tpr).toHaveLength(4);
      expect(reading.turnedTpr).toHaveLength(4);
      // 100 images that were never seen show a rate of 1 %, and none below.
      expect(reading.smallestFpr).toBe(0.01);
      expect(reading.tpr[1]).toMatchObject({ fpr: 0.01 });
      expect(reading.tpr[2]).toMatchObject({ reason: "TOO_FEW_SAMPLES" });
    }
    const names = [...evaluators, "change", "broken"];
    expect(attacksOf("do-nothing").map(({ attack }) => attack)).toEqual(names);
    const { reference, heldOut } = result.oracles;
    expect([...reference, ...heldOut].map(({ audit }) => audit?.attacks.length)).toEqual(
      Array(3).fill(names.length),
    );
    expect(idleRow?.audit).toEqual(result.original.audit);
  });

  it("never compare an oracle with itself", () => {
    const references = (index: number): unknown => {
      const { reading } = named(result.oracles.reference[index]?.audit?.attacks ?? [], "rmia");
      return hasStrength(reading) ? reading.about["references"] : reading;
    };
    expect([references(0), references(1)]).toEqual([1, 1]);
    const { reading } = named(result.oracles.heldOut[0]?.audit?.attacks ?? [], "rmia");
    expect(hasStrength(reading) && reading.about["references"]).toBe(2);
  });

  it("are refused where they share with the feedback of the row, with the reason, and nowhere else", () => {
    const ltu = attacksOf("LTU");
    expect(named(ltu, "loss-threshold").reading).toEqual({
      reason: "SHARED_WITH_FEEDBACK",
      detail: "shared: families (confidence)",
    });
    expect(named(ltu, "ensemble").reading).toMatchObject({ reason: "SHARED_WITH_FEEDBACK" });
    for (const name of [
      "quantile",
      "rmia",
      "lira",
      "label-only",
      "entropy-threshold",
      "union",
      "intersection",
    ])
      expect(hasStrength(named(ltu, name).reading), name).toBe(true);
    const without = attacksOf("do-nothing").filter(({ reading }) => !hasStrength(reading));
    expect(without.map(({ attack }) => attack)).toEqual(["broken"]);
  });

  it("are joined in their union and intersection, which share with feedback what their parts share", () => {
    const { reading } = named(attacksOf("do-nothing"), "union");
    expect(hasStrength(reading) && reading.about).toMatchObject({
      rule: "union",
      evaluators: ["lira", "quantile", "rmia"],
    });
    expect(named(attacksOf("do-nothing"), "intersection").families).toEqual(["lira", "quantile", "rmia"]);
  });

  it("may be of somebody's own: asked with what the model was before, and never believed a NaN", () => {
    // Nothing has changed, so nothing is found; the wider model answers with other classes.
    expect(named(attacksOf("do-nothing"), "change").reading).toMatchObject({ auc: 0.5 });
    expect(named(attacksOf("wider"), "change").reading).toMatchObject({ reason: "OTHER_CLASSES" });
    expect(hasStrength(named(attacksOf("LTU"), "change").reading)).toBe(true);
    expect(named(attacksOf("do-nothing"), "broken").reading).toEqual({
      reason: "FAILED",
      detail:
        "broken: expected finite scores of rows from 0 to 119, found NaN of row 0; give a reason code where there is no score.",
    });
  });

  it("do not compare a model with others that have fewer classes, and say so", () => {
    for (const name of ["rmia", "lira", "union", "intersection"]) {
      const { reading } = named(attacksOf("wider"), name);
      expect(reading, name).toMatchObject({ reason: "OTHER_CLASSES" });
      expect(JSON.stringify(reading)).toContain("has 5 classes and the models it is compared with have 4");
    }
    for (const name of ["loss-threshold", "quantile"])
      expect(hasStrength(named(attacksOf("wider"), name).reading), name).toBe(true);
  });

  it("compute and are marked where sharing is allowed; nothing else is made again", async () => {
    const allowed = await planOf(true);
    const changed = allowed.stages.filter(
      (stage) => !plan.stages.some((other) => stageKey(other) === stageKey(stage)),
    );
    expect(changed.map(({ name }) => name).every((name) => name.startsWith("attack: "))).toBe(true);
    const { rows } = await run(allowed);
    const shared = named(rows[2]?.audit?.attacks ?? [], "loss-threshold");
    expect(shared.mark).toBe("shared: families (confidence)");
    expect(hasStrength(shared.reading)).toBe(true);
    expect(named(rows[2]?.audit?.attacks ?? [], "rmia").mark).toBeUndefined();
  });

  it("give every number a definition, an interval or a reason, and phi of every forgotten image", () => {
    const row = result.rows[1];
    expect(Object.keys(row?.readings ?? {}).sort()).toEqual(Object.keys(result.definitions).sort());
    expect(row?.readings?.["klom"]).toMatchObject({ reason: "TOO_FEW_MODELS" });
    for (const [key, ends] of Object.entries(row?.audit?.intervals ?? {})) {
      const value = row?.metrics[key as keyof typeof row.metrics] as number;
      if ("reason" in ends) continue;
      expect(ends.low <= value && value <= ends.high, key).toBe(true);
    }
    expect(row?.audit?.phi.forget).toHaveLength(20);
    expect(row?.audit?.phi.unseen).toHaveLength(100);
  });

  it("leave the score of every image, from which their numbers can be computed again", () => {
    const { audited } = result;
    expect([audited?.forget.length, audited?.unseen.length]).toEqual([20, 100]);
    expect(audited?.transform).toBe("evaluation");
    const everyOracle = [...result.oracles.reference, ...result.oracles.heldOut];
    const audits = [result.original, ...everyOracle, ...result.rows].flatMap(({ audit }) => audit ?? []);
    for (const { attack, reading } of audits.flatMap(({ attacks }) => attacks)) {
      if (!hasStrength(reading)) continue;
      const { forget, unseen } = reading.scores ?? { forget: [], unseen: [] };
      expect([forget.length, unseen.length], attack).toEqual([20, 100]);
      const again = attackStrength(forget as number[], unseen as number[]);
      // Scores are kept to six digits, so that a few of 2,000 pairs may have become equal.
      expect(Math.abs(again.auc - reading.auc), attack).toBeLessThan(0.001);
      expect(reading.leftOutFor, attack).toBeUndefined();
    }
  });

  it("say what they, and the feedback of a row, were made of", () => {
    const [retrain, idle, ltu] = result.rows;
    expect([retrain?.feedback, idle?.feedback]).toEqual([undefined, undefined]);
    const { accessibleRetain, val } = result.data.counts as Record<"accessibleRetain" | "val", number>;
    expect(ltu?.feedback).toMatchObject({
      data: result.data.contentHash,
      fittingSamples: { count: accessibleRetain + val },
      shadowModels: [],
      families: ["confidence"],
    });
    expect(ltu?.feedback?.seeds.length).toBeGreaterThan(0);
    const { madeOf } = named(ltu?.audit?.attacks ?? [], "rmia");
    expect(madeOf?.families).toEqual(["rmia"]);
    // The population, 35 % of 200 test images; and the two oracles it compares with.
    expect(madeOf?.fittingSamples.count).toBe(70);
    expect(madeOf?.shadowModels).toEqual(result.oracles.reference.map(({ key }) => key).sort());
    expect(madeOf?.seeds.some((seed) => ltu?.feedback?.seeds.includes(seed))).toBe(false);
  });

  it("compute from outputs that were read once a model, bit for bit", async () => {
    const reads = plan.stages.filter(({ name }) => name.startsWith("read outputs: "));
    expect(reads).toHaveLength(1 + 3 + 3);
    const results = await runStages(plan.stages, await openStore(folder));
    const { forget, retain, test } = decodeOutputs(await results.artefact(reads[0]!));
    expect([forget, retain, test].map(({ labels }) => labels.length)).toEqual([20, 180, 200]);
    expect(forget.logits).toHaveLength(20 * 4);
    expect([...retain.logits].every(Number.isFinite)).toBe(true);
  });
});

describe("the sets of an audit", () => {
  const testSet = Int32Array.from({ length: 101 }, (_, i) => 500 + i);

  it("share no image and leave none out", () => {
    const sets = cutAuditSets(testSet, createRng(3));
    const all = Object.values(sets).flatMap((set: Int32Array) => [...set]);
    expect(all.sort((a, b) => a - b)).toEqual([...testSet]);
    expect(sets.unseen).toHaveLength(51);
  });

  it("score the test images of a class that is forgotten as a whole, and are fitted on the others", () => {
    const labels = new Int32Array(601).fill(1, 500, 530);
    const forgotten = { kind: "class", label: 1, labels, names: ["stays", "goes"] } as const;
    const sets = cutAuditSets(testSet, createRng(3), forgotten);
    expect([...sets.unseen]).toEqual([...testSet.subarray(0, 30)]);
    const others = [...sets.fitNonMembers, ...sets.population, ...sets.calibration];
    expect(others.sort((a, b) => a - b)).toEqual([...testSet.subarray(30)]);
  });

  it("fit attacks on members that fitted no feedback, as long as there are such", () => {
    const retainSet = Int32Array.from({ length: 10 }, (_, i) => i);
    const used = retainSet.slice(0, 7);
    const members = drawFitMembers(retainSet, { count: 20, usedByFeedback: used, rng: createRng(1) });
    expect([...members]).toEqual([7, 8, 9]);
    const all = drawFitMembers(retainSet, { count: 4, usedByFeedback: retainSet, rng: createRng(1) });
    expect(all).toHaveLength(4);
  });
});

describe("audit.evaluators", () => {
  it.each([
    [["rmai"], /audit\.evaluators must be out of .*found "rmai"; did you mean "rmia"/u],
    [["rmia", "rmia"], /each name once, found rmia twice/u],
    [["u-lira"], /u-lira, which compares with shadow models/u],
    [["confidence-svc"], /always there/u],
    [["rmia", "union"], /has union, which joins two or more of lira, quantile, rmia, found rmia alone/u],
  ])("refuses %s", async (names, pattern) => {
    const named = parseExperiment({ ...tinyExperiment, audit: { evaluators: names } }, "tiny");
    await expect(composeEvaluators(named, { folder: "." })).rejects.toThrow(pattern);
  });
});
