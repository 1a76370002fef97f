import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openStore, runStages, stageKey, type Stage } from "@ltu/runner";
import { describe, expect, it } from "vitest";

import { planRun, type Plan, type PlannedRow } from "../../src/plan.ts";
import { decodeAccessibleRetain } from "../../src/stages/accessible-retain.ts";
import { decodeSplits } from "../../src/stages/prepare.ts";
import { unlearnStage } from "../../src/stages/unlearn.ts";
import { contextOf, methodsOf, tiny, withStages } from "./run-tiny.ts";

const methods = [
  { name: "finetune", options: { retainAccess: "rho", epochs: 1 } },
  { name: "ltu", options: { optionSet: "recommended", epochs: 1 } },
];
const sizes = [10, 10, 10];
const planOf = async (upTo: number): Promise<Plan> => {
  const experiment = tiny({ forget: { kind: "requests", sizes, upTo }, methods });
  return planRun(await contextOf(experiment), await methodsOf(experiment));
};
const rowOf = ({ rows }: Plan, name: string): PlannedRow =>
  rows.find(({ method }) => method.method === name) as PlannedRow;

/** Equal models are equal bytes. */
const numbersOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

describe("a stream of requests", () => {
  it("is answered one after the other, each from the model that the one before left", async () => {
    const plans = await Promise.all([1, 2, 3].map(planOf));
    for (const name of ["finetune", "ltu"]) {
      const [one, two, three] = plans.map((plan) => rowOf(plan, name)) as [
        PlannedRow,
        PlannedRow,
        PlannedRow,
      ];
      // What a shorter stream made is found again by a longer one.
      expect(two.earlierModels.map(stageKey)).toEqual([stageKey(one.unlearn)]);
      expect(three.earlierModels.map(stageKey)).toEqual([stageKey(one.unlearn), stageKey(two.unlearn)]);
      const dependencies = three.unlearn.dependsOn.map(stageKey);
      expect(dependencies).toContain(stageKey(two.unlearn));
      expect(dependencies).not.toContain(stageKey((plans[2] as Plan).original));
      // Feedback is fitted to the model that is about to forget.
      if (three.attacks) expect(three.attacks.dependsOn.map(stageKey)).toContain(stageKey(two.unlearn));
    }
    // Retrained models answer all requests at once, and the original is the same throughout.
    for (const { original, rows } of plans) {
      expect(stageKey(original)).toBe(stageKey((plans[0] as Plan).original));
      expect(rows[0].earlier).toEqual([]);
      expect(rows[0].unlearn.dependsOn).toContain(original);
    }
  });

  it("forgets the request alone, and is measured on all requests together", async () => {
    const experiment = tiny({ forget: { kind: "requests", sizes, upTo: 2 }, methods: methods.slice(0, 1) });
    const context = await contextOf(experiment);
    const [retrain, finetune] = await methodsOf(experiment);
    const plan = planRun(context, [retrain, finetune!]);
    const row = plan.rows[1] as PlannedRow;
    const { prepare, accessible } = plan;
    // The fault that is looked for: the second request answered from the original.
    const fault = unlearnStage(
      context,
      { prepare, accessible, original: plan.original, request: 2 },
      finetune!,
    );
    await withStages([...plan.stages, fault], async (results) => {
      const { forgetSet, request, retainSet } = decodeSplits(await results.artefact(prepare));
      expect([forgetSet.length, request?.length, retainSet.length]).toEqual([20, 10, 180]);
      const forgotten = new Set(forgetSet);
      const seen = decodeAccessibleRetain(await results.artefact(accessible));
      expect(seen.some((index) => forgotten.has(index))).toBe(false);
      const [earlier] = row.earlierModels as [Stage];
      const asked: Int32Array[] = [];
      const watched = {
        ...finetune!,
        make: () => {
          const unlearner = finetune!.make([]);
          return {
            ...unlearner,
            unlearn: (request: Parameters<typeof unlearner.unlearn>[0]) => {
              asked.push(request.forgetSet);
              return unlearner.unlearn(request);
            },
          };
        },
      };
      const again = unlearnStage(context, { prepare, accessible, original: earlier, request: 2 }, watched);
      const artefact = (stage: Stage): Promise<Uint8Array> => results.artefact(stage);
      const port = { load: async () => undefined, save: async () => undefined };
      const signal = new AbortController().signal;
      const made = await again.run({ artefact, checkpoint: port, signal, onProgress: () => undefined });
      expect(asked).toEqual([request]);
      const second = numbersOf(await results.artefact(row.unlearn));
      expect(numbersOf(made)).toBe(second);
      expect(numbersOf(await results.artefact(fault))).not.toBe(second);
      expect(numbersOf(await results.artefact(earlier))).not.toBe(second);
    });
  });

  it("goes on where it was stopped, and ends as it would have", async () => {
    const plan = await planOf(2);
    const row = rowOf(plan, "finetune");
    const whole = await withStages([row.unlearn], async (results) =>
      numbersOf(await results.artefact(row.unlearn)),
    );
    const folder = await mkdtemp(join(tmpdir(), "ltu-requests-"));
    try {
      const store = await openStore(folder);
      const stop = new AbortController();
      const stopped = runStages([row.unlearn], store, {
        signal: stop.signal,
        onEvent: ({ kind, stage }) => {
          if (kind === "finished" && stage === "unlearn: finetune (30 %), request 1") stop.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
      const started: string[] = [];
      const results = await runStages([row.unlearn], store, {
        onEvent: ({ kind, stage }) => {
          if (kind === "started") started.push(stage);
        },
      });
      expect(started.at(-1)).toBe("unlearn: finetune (30 %), request 2");
      expect(started).not.toContain("train original");
      expect(numbersOf(await results.artefact(row.unlearn))).toBe(whole);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
