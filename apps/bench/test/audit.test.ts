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

async function audited(
  given: ModelOutputs,
  context: Partial<Pick<RunContext, "forgotten">> = {},
): Promise<AuditArtefact> {
  const stage: Stage = { name: "outputs", inputs: {}, dependsOn: [], run: async () => encodeOutputs(given) };
  const audit = auditStage({ rng: createRng(1), ...context } as RunContext, {
    outputs: stage,
    label: "model",
  });
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
    const reason = { reason: "FAILED", detail: expect.stringContaining("must be finite") as string };
    expect(metrics).toMatchObject({ ua: reason, ra: 100, ta: 60, aucForgetTest: reason });
    expect(intervals).toMatchObject({ ua: reason, miaEfficacy: reason });
    expect(intervals.ta).toEqual((await audited(outputs)).intervals.ta);
    expect(phi.forget).toEqual([]);
  });

  it("leaves a forgotten class out of TA, and compares with its test images", async () => {
    // Test images 20 to 24: 20 and 24 are of the forgotten class 1, which hides behind label 0 as a class within it.
    const labels = Int32Array.from({ length: 25 }, (_, index) =>
      index < 4 || index === 20 || index === 24 ? 1 : 0,
    );
    const forgotten = { kind: "sub-class", label: 1, labels, names: ["stays", "goes", "other"] } as const;
    const { metrics, intervals, phi, classes } = await audited(outputs, { forgotten });
    // Of 21, 22 and 23 one is right.
    expect(metrics.ta).toBeCloseTo(100 / 3, 10);
    expect(metrics).toMatchObject({ ua: 25, ra: 100 });
    // Against 1 and 0.5: 3 and 2 beat both, 1 ties one and beats the other, -1 beats none.
    expect(metrics.aucForgetTest).toBeCloseTo((2 + 2 + 1.5 + 0) / 8, 12);
    // Clopper-Pearson of 1 in 3, not of 3 in 5.
    expect(intervals.ta).toMatchObject({ low: expect.closeTo(0.84, 2), high: expect.closeTo(90.57, 2) });
    expect(phi.unseen).toEqual([1, 0.5]);
    expect(classes).toMatchObject({ unseenUa: 0, accuracy: [expect.closeTo(100 / 3, 10), 100, null] });
    // A whole test set would give another TA: the fault that this looks for.
    expect((await audited(outputs)).metrics.ta).toBe(60);
  });
});
