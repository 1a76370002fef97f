import {
  hasStrength,
  parseResult,
  type AttackReading,
  type AttackStrengthReading,
  type Result,
} from "@ltu/report";
import { stageKey, type Stage } from "@ltu/runner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Plan } from "../../src/plan.ts";
import { decodeAttacks, heldOutAttacksStage } from "../../src/stages/held-out-attacks.ts";
import type { FeedbackUse } from "../../src/stages/shared-with-feedback.ts";
import { tinyExperiment } from "../run-bench.ts";
import { planTiny, tiny, type TinyRun } from "./run-tiny.ts";

const evaluators = ["lira-online", "rmia-online", "u-lira", "update-pair", "rmia-unlearned"];
// Wrong labels learned by heart: the opposite of a member.
const relabel = {
  name: "random-labels",
  label: "relabel",
  options: { retainAccess: "full", epochs: 30, lr: 0.1, excludeTrueLabel: true },
  shadows: true,
};
const methods = [
  { name: "do-nothing", shadows: true },
  { name: "ltu", label: "LTU", options: { attacks: ["phi-logistic"], epochs: 1 }, shadows: true },
  { name: "finetune", label: "no shadows", options: { retainAccess: "rho", epochs: 1 } },
  relabel,
];
// Many images that can only be remembered, so that a small network shows who trained it.
const memorised = {
  data: {
    ...tinyExperiment.data,
    test: 200,
    options: { ...tinyExperiment.data.options, labelNoise: 0.3, atypicalShare: 0.5 },
  },
  forget: { count: 40 },
};
const experiment = tiny({ ...memorised, audit: { evaluators, shadows: { budget: 4 } }, methods });

const keysOf = (stages: readonly Stage[]): string[] => stages.map(stageKey);
const strengthOf = (
  attacks: readonly AttackReading[],
  attack: string,
  of?: string,
): AttackStrengthReading => {
  const found = attacks.find((each) => each.attack === attack && each.shadowsOf === of)?.reading;
  if (found === undefined || !hasStrength(found)) throw new Error(`${attack}: ${JSON.stringify(found)}`);
  return found;
};

describe("a run with shadow models", () => {
  let tinyRun: TinyRun;
  let result: Result;
  beforeAll(async () => {
    tinyRun = await planTiny(experiment);
    ({ result } = await tinyRun.run());
  }, 120_000);
  afterAll(() => tinyRun.remove());

  const attacksOn = (label: string): readonly AttackReading[] =>
    result.rows.find((row) => row.label === label)?.audit?.attacks ?? [];

  it("leaves a result that is read back and says what its attacks rest on", () => {
    const json = JSON.parse(JSON.stringify(result)) as unknown;
    expect(parseResult(json)).toEqual(json);
    expect(result.shadows).toMatchObject({
      originals: 4,
      unlearnedBy: ["do-nothing", "LTU", "relabel"],
      perTarget: { member: 2, other: 2 },
    });
  });

  it("catches a model that forgot nothing, by every attack", () => {
    for (const attack of ["lira-online", "rmia-online"])
      expect(strengthOf(attacksOn("do-nothing"), attack).auc, attack).toBeGreaterThan(0.9);
    for (const attack of ["u-lira", "rmia-unlearned"])
      expect(strengthOf(attacksOn("do-nothing"), attack, "do-nothing").auc, attack).toBeGreaterThan(0.9);
  });

  it("asks a retrained model by the shadow models of every method", () => {
    for (const { audit } of result.oracles.reference) {
      for (const of of ["do-nothing", "LTU", "relabel"]) {
        for (const attack of ["u-lira", "rmia-unlearned"]) {
          const { auc, samples } = strengthOf(audit?.attacks ?? [], attack, of);
          expect(Math.abs(auc - 0.5), `${attack}, ${of}`).toBeLessThan(0.25);
          expect(samples).toEqual({ forget: 40, unseen: 20, leftOut: 0 });
        }
      }
    }
  });

  it("leaves the score of every image, and what each attack was made of", () => {
    const { forget, unseen, unseenBesideShadows } = result.audited ?? {};
    expect([forget?.length, unseen?.length, unseenBesideShadows?.length]).toEqual([40, 100, 20]);
    expect(unseenBesideShadows?.every((index) => unseen?.includes(index))).toBe(true);
    const { scores } = strengthOf(attacksOn("do-nothing"), "u-lira", "do-nothing");
    expect([scores?.forget.length, scores?.unseen.length]).toEqual([40, 20]);
    const { originals, methods: unlearned } = tinyRun.plan.shadows;
    const made = attacksOn("LTU").find(({ attack }) => attack === "u-lira")?.madeOf;
    expect(made?.families).toEqual(["u-lira"]);
    const own = unlearned.find(({ label }) => label === "LTU")?.shadows ?? [];
    expect(made?.shadowModels).toEqual([...originals, ...own].map(({ key }) => key).sort());
  });

  it("gives a reason where the method of a row has no shadow models", () => {
    const of = attacksOn("no shadows").filter(({ reading }) => !hasStrength(reading));
    expect(of.map(({ attack }) => attack)).toEqual(["u-lira", "update-pair", "rmia-unlearned"]);
    expect(of[0]?.reading).toMatchObject({ reason: "NO_UNLEARNED_SHADOWS" });
  });

  it("finds the marks of wrong labels, with which an image looks less like a member than one never seen", () => {
    expect(strengthOf(attacksOn("relabel"), "lira-online").auc).toBeLessThan(0.4);
    expect(strengthOf(attacksOn("relabel"), "u-lira", "relabel").auc).toBeGreaterThan(0.7);
    expect(strengthOf(attacksOn("relabel"), "update-pair", "relabel").auc).toBeGreaterThan(0.9);
  });

  it("is fooled where shadow models were not unlearned: they must be", async () => {
    const fault = attackOn(tinyRun, "relabel", (shadows) => ({
      ...shadows,
      methods: shadows.methods.map((of) => ({
        ...of,
        shadows: of.shadows.map((each) => ({ ...each, outputs: each.original.outputs })),
      })),
    }));
    const { results } = await tinyRun.run({ ...tinyRun.plan, stages: [...tinyRun.plan.stages, fault] });
    const readings = decodeAttacks(await results.artefact(fault));
    expect(strengthOf(readings, "u-lira", "relabel").auc).toBeLessThan(0.4);
  });

  it("refuses an attack whose shadow model served feedback, and no other", async () => {
    const { originals } = tinyRun.plan.shadows;
    const use: FeedbackUse = {
      attacks: ["margin-mlp"],
      seeds: ["9"],
      shadowModels: [originals[2]?.key ?? ""],
    };
    const stage = attackOn(tinyRun, "relabel", (shadows) => ({ ...shadows, methods: [] }), use);
    const { results } = await tinyRun.run({ ...tinyRun.plan, stages: [...tinyRun.plan.stages, stage] });
    const readings = decodeAttacks(await results.artefact(stage));
    for (const { attack, reading } of readings.filter(({ attack: name }) => name.endsWith("-online"))) {
      expect(reading, attack).toMatchObject({ reason: "SHARED_WITH_FEEDBACK" });
      expect(JSON.stringify(reading)).toContain("shadow models (");
    }
  });

  it("trains the originals once for all methods and finds all of it again", async () => {
    const { originals, methods: unlearned } = tinyRun.plan.shadows;
    for (const { shadows } of unlearned)
      expect(shadows.map(({ original }) => original.key)).toEqual(originals.map(({ key }) => key));
    const unlearnedKeys = unlearned.flatMap(({ shadows }) => shadows.map(({ key }) => key));
    expect(new Set(unlearnedKeys).size).toBe(12);
    const { results } = await tinyRun.run();
    expect(tinyRun.plan.stages.every((stage) => results.reused(stage))).toBe(true);
  });

  it("asks about the population only where an attack does, which changes no other attack", async () => {
    const without = await tinyRun.with(
      tiny({
        ...memorised,
        audit: { evaluators: evaluators.slice(0, 4), shadows: { budget: 4 } },
        methods: methods.slice(0, 1),
      }),
    );
    const { result: alone } = await without.run();
    const readings = (of: Result): unknown =>
      of.rows[1]?.audit?.attacks
        .filter(({ attack }) => attack !== "rmia-unlearned")
        .map(({ attack, reading }) => [attack, reading]);
    expect(readings(alone)).toEqual(readings(result));
    const asked = (plan: Plan): string[] =>
      keysOf(plan.shadows.methods[0]?.shadows.map(({ outputs }) => outputs) ?? []);
    expect(asked(without.plan)).not.toEqual(asked(tinyRun.plan));
  });

  it("climbs the ladder without making the lower rungs again", async () => {
    const higher = await tinyRun.with(
      tiny({ ...memorised, audit: { evaluators, shadows: { budget: 6 } }, methods }),
    );
    const fewer = await tinyRun.with(
      tiny({
        ...memorised,
        audit: { evaluators: ["lira-online"], shadows: { budget: 4 } },
        methods: [relabel],
      }),
    );
    const made = (plan: Plan): string[] => keysOf(plan.shadows.originals.map(({ train }) => train));
    expect(made(higher.plan).slice(0, 4)).toEqual(made(tinyRun.plan));
    expect(made(fewer.plan)).toEqual(made(tinyRun.plan));
    const unlearnedBy = (plan: Plan): string[] =>
      keysOf(
        plan.shadows.methods
          .find(({ label }) => label === "relabel")
          ?.shadows.map(({ unlearn }) => unlearn) ?? [],
      );
    expect(unlearnedBy(higher.plan).slice(0, 4)).toEqual(unlearnedBy(tinyRun.plan));
  });
});

/** The stage that attacks the model of a row, with other shadow models or other feedback. */
function attackOn(
  { context, evaluators: asked, plan }: TinyRun,
  label: string,
  change: (shadows: Plan["shadows"]) => Plan["shadows"],
  feedback?: FeedbackUse,
): Stage {
  const row = plan.rows.find(({ method }) => method.label === label);
  if (row === undefined) throw new Error(label);
  const { originals, methods: all } = plan.shadows;
  const own = change({ originals, methods: all.filter((of) => of.label === label) });
  return heldOutAttacksStage(context, {
    evaluators: asked,
    prepare: plan.prepare,
    accessible: plan.accessible,
    weights: row.unlearn,
    outputs: row.outputs,
    key: stageKey(row.unlearn),
    label: `${label}, changed`,
    oracles: [],
    shadows: { ...own, before: plan.originalAudit.outputs },
    feedback,
    allowShared: false,
  });
}

describe("audit.evaluators with shadow models", () => {
  const compose = async (parts: Record<string, unknown>): Promise<unknown> => planTiny(tiny(parts));
  it.each([
    [
      { evaluators: ["u-lira"] },
      /u-lira, which compares with shadow models, and audit\.shadows\.budget is "none"/u,
    ],
    [{ evaluators: ["rmia"], shadows: { budget: 2 } }, /has none that compares with shadow models/u],
    [{ evaluators: ["u-lira"], shadows: { budget: 2 } }, /no method has "shadows": true/u],
    [{ shadows: { budget: 3 } }, /an even number, for halves come in pairs/u],
    [{ shadows: { budget: "papers" } }, /budget/u],
  ])("refuses %j", async (audit, pattern) => {
    await expect(compose({ audit })).rejects.toThrow(pattern);
  });

  it("are those with shadow models too, where there are such and none is named", () => {
    const names = (audit: unknown, shadows: boolean): readonly string[] =>
      tiny({ audit, methods: [{ name: "do-nothing", shadows }] }).audit.evaluators;
    expect(names({}, true)).not.toContain("lira-online");
    expect(names({ shadows: { budget: "smoke" } }, false)).toEqual(
      expect.arrayContaining(["rmia", "lira-online"]),
    );
    expect(names({ shadows: { budget: "smoke" } }, false)).not.toContain("u-lira");
    expect(names({ shadows: { budget: "smoke" } }, true)).toContain("u-lira");
    expect(names({ shadows: { budget: "smoke" } }, true)).not.toContain("rmia-unlearned");
  });
});
