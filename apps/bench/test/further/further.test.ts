import { isMissing } from "@ltu/metrics";
import { parseResult, type Ensemble, type Relearn, type Result } from "@ltu/report";
import { stageKey } from "@ltu/runner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { decodeOutputs } from "../../src/stages/read-outputs.ts";
import { planTiny, tiny, type TinyRun } from "../shadows/run-tiny.ts";

const methods = [
  { name: "do-nothing" },
  { name: "finetune", label: "finetune", options: { retainAccess: "full", epochs: 1 } },
];
const experiment = tiny({
  oracles: { count: 3, heldOut: 1 },
  audit: {
    evaluators: [],
    relearn: { steps: 30, batchSize: 20, lr: 0.1 },
    repeats: { models: 4 },
  },
  methods,
});

describe("the further measures of a run", () => {
  let tinyRun: TinyRun;
  let result: Result;
  beforeAll(async () => {
    tinyRun = await planTiny(experiment);
    ({ result } = await tinyRun.run());
  }, 120_000);
  afterAll(() => tinyRun.remove());

  const row = (label: string): Result["rows"][number] =>
    result.rows.find((each) => each.label === label) as Result["rows"][number];
  const relearnOf = (audit: { readonly relearn?: unknown } | undefined): Relearn => {
    const relearn = audit?.relearn as Relearn | undefined;
    if (relearn === undefined || isMissing(relearn)) throw new Error(JSON.stringify(relearn));
    return relearn;
  };

  it("are in the result, which is read back", () => {
    const json = JSON.parse(JSON.stringify(result)) as unknown;
    expect(parseResult(json)).toEqual(json);
  });

  it("show that a model which forgot nothing needs no step to relearn, and a retrained one some", () => {
    const idle = relearnOf(row("do-nothing").audit);
    expect(idle.steps).toBe(0);
    expect(idle.losses).toHaveLength(31);
    const [oracle] = result.oracles.reference;
    const retrained = relearnOf(oracle?.audit);
    expect(retrained.target).toBe(idle.target);
    expect(retrained.losses[0]).toBeGreaterThan(5 * idle.target);
    // The same optimizer and batches bring its loss down.
    expect(retrained.losses.at(-1)).toBeLessThan((retrained.losses[0] as number) / 2);
    expect(row("do-nothing").readings?.["relearnSteps"]).toBe(0);
  });

  it("hold ZRF of every model, with the retrained ones as the target", () => {
    const zrf = [...result.oracles.reference, ...result.oracles.heldOut].map(({ audit }) => audit?.zrf);
    for (const value of [...zrf, row("do-nothing").audit?.zrf]) {
      expect(value).toBeGreaterThan(1 - Math.LN2);
      expect(value).toBeLessThan(1);
    }
    expect(row("retrain").readings?.["zrf"]).toBeCloseTo(
      ((zrf[0] as number) + (zrf[1] as number) + (zrf[2] as number)) / 3,
      12,
    );
    expect(row("do-nothing").readings?.["zrf"]).toBe(row("do-nothing").audit?.zrf);
  });

  it("compare models from several originals with several oracles: KLOM of doing nothing is its ceiling", () => {
    const { klom, forgetting, models, oracles, originals } = row("do-nothing").ensemble as Ensemble;
    expect({ models, oracles, originals }).toEqual({ models: 4, oracles: 4, originals: "own" });
    expect(klom.forget.ceiling).toEqual({ mean: klom.forget.mean, p95: klom.forget.p95 });
    expect(klom.forget.mean).toBeGreaterThan((klom.forget.noiseFloor as { mean: number }).mean);
    expect(row("do-nothing").readings?.["klom"]).toBe(klom.forget.mean);
    if (isMissing(forgetting)) throw new Error(forgetting.reason);
    // Four models a side: log(4 - 1) rounded up.
    expect(forgetting.maxEpsilon).toBe(2);
    expect(row("do-nothing").readings?.["forgetScore"]).toEqual(forgetting.forgetScore);
  });

  it("share the further originals between methods, and each has a model of its own from each", async () => {
    const named = (pattern: RegExp): string[] =>
      tinyRun.plan.stages.filter(({ name }) => pattern.test(name)).map(({ name }) => name);
    expect(named(/^train original \d/)).toEqual(["train original 2", "train original 3", "train original 4"]);
    expect(named(/^unlearn: finetune/)).toHaveLength(4);
    const { results } = await tinyRun.run();
    const outputs = await Promise.all(
      tinyRun.plan.stages
        .filter(({ name }) => /^read outputs: (finetune|original)/.test(name))
        .map(async (stage) => decodeOutputs(await results.artefact(stage)).forget.logits.join()),
    );
    expect(new Set(outputs).size).toBe(8);
  });

  it("take all models from one original where that is asked for", async () => {
    const one = await tinyRun.with(
      tiny({
        oracles: { count: 3, heldOut: 1 },
        audit: { evaluators: [], repeats: { models: 4, originals: "one" } },
        methods,
      }),
    );
    expect(one.plan.stages.some(({ name }) => /^train original \d/.test(name))).toBe(false);
    const { result: found } = await one.run();
    const [, idle, tuned] = found.rows;
    if (idle === undefined || tuned === undefined) throw new Error("no rows");
    const { originals, klom } = idle.ensemble as Ensemble;
    expect(originals).toBe("one");
    expect(klom.forget.mean).toBeGreaterThan(0);
    expect((tuned.ensemble as Ensemble).models).toBe(4);
    expect(stageKey(one.plan.original)).toBe(stageKey(tinyRun.plan.original));
  });

  it("are reasons where they cannot be had", async () => {
    const few = await tinyRun.with(tiny({ audit: { evaluators: [], repeats: { models: 3 } }, methods }));
    const { result: found } = await few.run();
    expect(found.rows[1]?.ensemble).toEqual({
      reason: "TOO_FEW_MODELS",
      detail: "at least 4 of a method and as many oracles are needed, found 3 and 2",
    });
    expect(found.rows[1]?.readings).toMatchObject({
      klom: { reason: "TOO_FEW_MODELS" },
      relearnSteps: { reason: "NOT_RUN" },
    });
  });
});
