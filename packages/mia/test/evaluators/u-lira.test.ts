import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { hasScores, uLira, uLiraScores, type ShadowModel } from "../../src/evaluators/index.ts";
import { anySignals, anyTarget, oneSample, reordered } from "./shadows.ts";
import { audited, origin, shadowTable } from "./shadow-table.ts";

const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe("uLiraScores", () => {
  it("is N_U / (N_U + N_O), by hand", () => {
    // U: mean 2, spread 1; O: mean 0, spread 1; phi = 2: densities 1 and exp(-2), so odds exp(2).
    const { scores, probabilities } = uLiraScores(of(2), oneSample([1, 3], [-1, 1]));
    expect(scores[0]).toBeCloseTo(2, 12);
    expect(probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  });

  it("keeps its order where both densities underflow", () => {
    const shadows = oneSample([1, 3], [-1, 1]);
    const [near, far] = [50, 60].map((phi) => uLiraScores(of(phi), shadows).scores[0] as number);
    expect(far).toBeGreaterThan(near as number);
    expect(uLiraScores(of(-300), shadows).probabilities[0]).toBeGreaterThan(0);
  });

  it("is chance where unlearned and never-seen models agree", () => {
    const same = [0.5, -1, 2];
    expect(uLiraScores(of(1.3), oneSample(same, same)).probabilities[0]).toBe(0.5);
  });

  it("does not depend on the order of the models, and turns its sign when the sides change places", () => {
    const order = fc.shuffledSubarray([...Array(12).keys()], { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(anySignals, anyTarget, order, (shadows, target, models) => {
        const straight = uLiraScores(target, shadows, { variance: "perSample" });
        const other = uLiraScores(target, reordered(shadows, models), { variance: "perSample" });
        expect(other).toEqual(straight);
        const turned = { ...shadows, sides: shadows.sides.map((side) => 1 - side) };
        const negative = uLiraScores(target, turned, { variance: "perSample" }).scores.map((score) => -score);
        straight.scores.forEach((score, k) => expect(negative[k]).toBeCloseTo(score, 6));
      }),
    );
  });

  it("has probabilities from 0 to 1 and scores that are numbers, whatever the target", () => {
    fc.assert(
      fc.property(anySignals, anyTarget, (shadows, target) => {
        const { scores, probabilities } = uLiraScores(target, shadows);
        expect(scores.every((score) => !Number.isNaN(score))).toBe(true);
        expect(probabilities.every((share) => share >= 0 && share <= 1)).toBe(true);
      }),
    );
  });
});

describe("uLira", () => {
  // Sample 0 was unlearned by two models (phi near 2) and never seen by two (phi near 0).
  const models = (): ShadowModel[] => [
    shadowTable.model("u0", { kind: "unlearned", trainedOn: [0, 1], forgotten: [0], phi: [1, 9] }),
    shadowTable.model("u1", { kind: "unlearned", trainedOn: [0, 1], forgotten: [0], phi: [3, 9] }),
    shadowTable.model("o0", { kind: "unlearned", trainedOn: [1], forgotten: [], phi: [-1, 9] }),
    shadowTable.model("o1", { kind: "unlearned", trainedOn: [1], forgotten: [], phi: [1, 9] }),
    shadowTable.model("original", { kind: "original", trainedOn: [0, 1], forgotten: [], phi: [50, 50] }),
  ];

  it("takes models that trained on the sample and unlearned it against models that never saw it", () => {
    const result = uLira().evaluate(audited([2, 0], models()));
    if (!hasScores(result)) throw new Error(result.detail);
    expect(result.scores[0]).toBeCloseTo(2, 5);
    // Sample 1 was trained on by all and forgotten by none: it has neither side.
    expect([...result.rows]).toEqual([0]);
    expect(result.leftOut).toEqual([{ row: 1, reason: "TOO_FEW_SHADOWS" }]);
    expect(result.about).toMatchObject({ method: "finetune", shadows: 4, neverSeen: "unlearned" });
  });

  it("takes oracles for the other side where asked to", () => {
    const oracles = [0, 4].map((phi, k) =>
      shadowTable.model(`oracle${k}`, { kind: "oracle", trainedOn: [1], forgotten: [], phi: [phi, 9] }),
    );
    const result = uLira({ neverSeen: "oracle", variance: "perSample" }).evaluate(
      audited([2, 0], [...models(), ...oracles]),
    );
    // U: mean 2, spread 1; oracles: mean 2, spread 2.
    expect(hasScores(result) && result.scores[0]).toBeCloseTo(Math.log(2), 5);
  });

  it("audits a model that was trained only by the shadows of a named method", () => {
    const retrained = audited([2, 0], models(), { ...origin, key: "retrained", method: undefined });
    expect(uLira().evaluate(retrained)).toMatchObject({ reason: "NO_UNLEARNED_SHADOWS" });
    expect(hasScores(uLira({ method: "finetune" }).evaluate(retrained))).toBe(true);
  });

  it("gives a reason where no shadow was unlearned by the audited method", () => {
    const others = models().map((shadow) => ({ ...shadow, ...(shadow.method && { method: "scrub" }) }));
    expect(uLira().evaluate(audited([2, 0], others))).toEqual({
      reason: "NO_UNLEARNED_SHADOWS",
      detail:
        'u-lira: expected shadow models unlearned by "finetune", found scrub, original; unlearn shadow models by the audited method and options.',
    });
  });
});
