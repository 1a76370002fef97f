import { describe, expect, expectTypeOf, it } from "vitest";

import {
  auditInput,
  entropyThreshold,
  hasScores,
  lira,
  lossThreshold,
  type AuditInput,
  type AuditSamples,
  type FitPart,
  type ScorePart,
} from "../../src/evaluators/index.ts";
import { origin, samplesWith, shadowTable } from "./shadow-table.ts";

const score = samplesWith([6, 1]);
const fit = { members: samplesWith([7, 5, 8], 10), nonMembers: samplesWith([0, 1, -1], 20) };

describe("auditInput", () => {
  it("refuses a sample that fits an attack and is scored", () => {
    const both = { ...fit, nonMembers: samplesWith([0, 1, -1], 1) };
    const call = (): unknown => auditInput({ score, fit: both });
    expect(call).toThrow(expect.objectContaining({ code: "FIREWALL" }));
    expect(call).toThrow("found 1 in score and fit.nonMembers");
    expect(() => auditInput({ score, calibration: samplesWith([1], 0) })).toThrow("score and calibration");
  });

  it("has parts that cannot stand in each other's place, and that nothing else makes", () => {
    expectTypeOf<FitPart>().not.toExtend<ScorePart>();
    expectTypeOf<ScorePart>().not.toExtend<FitPart>();
    const input = auditInput({ score, fit });
    // @ts-expect-error -- what is scored does not fit
    const asFit: AuditInput = { ...input, fit: input.score };
    // @ts-expect-error -- what fits is not scored
    const asScore: AuditInput = { ...input, score: fit.members };
    // @ts-expect-error -- and a part is not made by hand
    const byHand: ScorePart = { part: "score", samples: score };
    expect([asFit, asScore, byHand]).toHaveLength(3);
  });

  it.each<[string, string, Partial<AuditSamples>]>([
    ["DATA", "score, found 0 twice", { indexes: Int32Array.of(0, 0) }],
    ["SHAPE", "needs 2 indexes, found 1", { indexes: Int32Array.of(0) }],
    ["SHAPE", "needs 4 logits, found 3", { logits: new Float32Array(3) }],
    ["SHAPE", "needs 2 labels of before, found 1", { before: samplesWith([1]) }],
    ["SHAPE", "needs 6 features, found 4", { features: { values: [1, 2, 3, 4], width: 3 } }],
    ["SHAPE", "needs 2 gradientNorms, found 1", { gradientNorms: [1] }],
    ["SHAPE", "needs 2 labels of view 0, found 1", { views: [{ noise: 0, outputs: samplesWith([1]) }] }],
    ["DATA", "expected samples in score, found none", samplesWith([])],
  ])("refuses with %s: %s", (code, message, changes) => {
    const call = (): unknown => auditInput({ score: { ...score, ...changes } });
    expect(call).toThrow(expect.objectContaining({ code }));
    expect(call).toThrow(message);
  });

  it("refuses parts of models with other classes", () => {
    const three = { ...samplesWith([1]), classes: 3, logits: new Float32Array(3), indexes: Int32Array.of(5) };
    expect(() => auditInput({ score, calibration: three })).toThrow("needs 2 classes, found 3");
  });
});

describe("thresholds", () => {
  it("are half way between members and non-members, and above 0 for members", () => {
    // Loss of phi 5 (the least sure member) and 1 (the surest other): log(1 + e^-phi).
    const [least, surest] = [5, 1].map((phi) => Math.log1p(Math.exp(-phi))) as [number, number];
    const result = lossThreshold().evaluate(auditInput({ score, fit }));
    if (!hasScores(result)) throw new Error(result.detail);
    const [threshold] = result.about["thresholds"] as number[];
    expect(threshold).toBeCloseTo(-(least + surest) / 2, 6);
    expect([...result.scores].map((value) => value > 0)).toEqual([true, false]);
    expect(result.kind).toBe("population");
  });

  it("have a reason where one side is missing", () => {
    const oneSided = auditInput({ score, fit: { members: fit.members, nonMembers: samplesWith([], 30) } });
    expect(entropyThreshold().evaluate(oneSided)).toEqual({
      reason: "ONE_SIDED",
      detail: "entropy-threshold: expected members and non-members to fit on, found 3 and 0; give both.",
    });
  });

  it("of each class stand for classes with enough samples; the others are named and take that of all", () => {
    const rows = [...Array(24).keys()];
    // Class 0: members at phi 3, others at 1. Class 1: members at 9, others at 7; one member of class 1 is not enough.
    const side = (from: number, shift: number, ofClass1: number): AuditSamples => ({
      classes: 2,
      labels: Int32Array.from(rows, (i) => (i < ofClass1 ? 1 : 0)),
      logits: Float32Array.from(rows.flatMap((i) => (i < ofClass1 ? [0, 8 + shift] : [2 + shift, 0]))),
      indexes: Int32Array.from(rows, (i) => from + i),
    });
    const asked: AuditSamples = { ...samplesWith([2.5, 8.5]), labels: Int32Array.of(0, 0) };
    const perClass = (ofClass1: number) => {
      const fitted = { members: side(100, 1, ofClass1), nonMembers: side(200, -1, 12) };
      const result = lossThreshold({ perClass: true }).evaluate(auditInput({ score: asked, fit: fitted }));
      if (!hasScores(result)) throw new Error(result.detail);
      return result.about;
    };
    const { thresholds, classesWithoutOwn } = perClass(12);
    const at = (phi: number): number => Math.log1p(Math.exp(-phi));
    expect(thresholds).toEqual([
      expect.closeTo(-(at(1) + at(3)) / 2, 6),
      expect.closeTo(-(at(7) + at(9)) / 2, 6),
    ]);
    expect(classesWithoutOwn).toEqual([]);
    expect(perClass(1).classesWithoutOwn).toEqual([1]);
  });
});

describe("shadow models", () => {
  const shadow = shadowTable.model("s0", { kind: "original", trainedOn: [0], forgotten: [], phi: [1, 2] });
  const evaluate = (change: object) => () =>
    lira().evaluate(
      auditInput({
        score,
        model: origin,
        shadows: { indexes: Int32Array.of(0, 1), models: [{ ...shadow, ...change }] },
      }),
    );

  it.each([
    [{ key: origin.key }, "the audited model itself"],
    [{ recipe: "other" }, 'the audited model\'s recipe "small-cnn, 20 epochs", found "other" at "s0"'],
    [{ transform: "flipped" }, "evaluation transform"],
    [{ method: "finetune" }, "a method for unlearned shadows and for no others"],
    [{ outputs: samplesWith([1]) }, "outputs of 2 samples in 2 classes, found 1 in 2"],
  ])("are refused with %o", (change, message) => {
    expect(evaluate(change)).toThrow(message);
  });

  it("are refused when one is given twice", () => {
    const shadows = { indexes: Int32Array.of(0, 1), models: [shadow, shadow] };
    expect(() => lira().evaluate(auditInput({ score, model: origin, shadows }))).toThrow("each once");
  });

  it("have not scored a sample: it is left out with the reason", () => {
    const models = ["a", "b", "c", "d"].map((key, k) => ({
      ...shadow,
      key,
      trainedOn: Int32Array.of(k < 2 ? 0 : 9),
    }));
    const outputs = [3, 5, -1, 1].map((phi) => samplesWith([phi]));
    const table = models.map((model, k) => ({ ...model, outputs: outputs[k] as AuditSamples }));
    const result = lira().evaluate(
      auditInput({ score, model: origin, shadows: { indexes: Int32Array.of(0), models: table } }),
    );
    expect(result).toMatchObject({ leftOut: [{ row: 1, reason: "TOO_FEW_SHADOWS" }] });
    expect(result).toMatchObject({ about: { shadowsAre: "not unlearned, as the model is" } });
  });
});
