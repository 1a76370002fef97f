import { createRng } from "@ltu/core";
import type { Stage, StageContext } from "@ltu/runner";
import { describe, expect, it } from "vitest";

import { auditStage, type AuditArtefact } from "../src/stages/audit.ts";
import { decodeJson } from "../src/stages/json-artefact.ts";
import {
  decodeOutputs,
  encodeOutputs,
  type ModelOutputs,
  type SetOutputs,
} from "../src/stages/read-outputs.ts";
import type { RunContext } from "../src/run-context.ts";

/** Two classes, true class 0: the logit of class 0 is given, that of class 1 is 0. */
function set(firstIndex: number, ...logits: number[]): SetOutputs {
  return {
    indexes: Int32Array.from(logits, (_, i) => firstIndex + i),
    labels: new Int32Array(logits.length),
    logits: Float32Array.from(logits.flatMap((logit) => [logit, 0])),
    classes: 2,
  };
}

/** Forget: one of four wrong. Retain: all right. Test: two of five wrong. */
const outputs: ModelOutputs = {
  forget: set(0, 3, 2, 1, -1),
  retain: set(10, 5, 5.5, 6, 7, 4, 3.5),
  test: set(20, 1, 2, -1, -2, 0.5),
};

async function audited(given: ModelOutputs): Promise<AuditArtefact> {
  const stage: Stage = { name: "outputs", inputs: {}, dependsOn: [], run: async () => encodeOutputs(given) };
  const audit = auditStage({ rng: createRng(1) } as RunContext, { outputs: stage, label: "model" });
  return decodeJson(
    await audit.run({ artefact: async () => encodeOutputs(given) } as unknown as StageContext),
  );
}

describe("the audit of one model", () => {
  it("is made of its outputs alone, which are kept bit for bit", () => {
    expect(decodeOutputs(encodeOutputs(outputs))).toEqual(outputs);
  });

  it("has the numbers of its sets with their intervals", async () => {
    const { metrics, intervals, phi } = await audited(outputs);
    expect(metrics).toMatchObject({ ua: 25, ra: 100, ta: 60 });
    // Of 20 pairs: 3 beats 5, 2 beats 4 and ties one, 1 beats 3 and ties one, -1 beats 1 and ties one.
    expect(metrics.aucForgetTest).toBeCloseTo((5 + 4.5 + 3.5 + 1.5) / 20, 12);
    // Clopper-Pearson of 1 in 4.
    expect(intervals.ua).toEqual({ low: expect.closeTo(0.6309, 3), high: expect.closeTo(80.588, 2) });
    // Two classes: phi is the difference of the logits.
    expect(phi.forget).toEqual([3, 2, 1, -1]);
    expect(phi.unseen).toHaveLength(3);
  });

  it("gives reasons, and what can be had, where a logit is not finite", async () => {
    const { metrics, intervals, phi } = await audited({ ...outputs, forget: set(0, Infinity, 2, 1, -1) });
    expect(metrics).toMatchObject({ ua: 25, ra: 100, ta: 60, aucForgetTest: { reason: "FAILED" } });
    expect(intervals.miaEfficacy).toMatchObject({ reason: "FAILED" });
    expect(phi.forget).toEqual([]);
  });
});
