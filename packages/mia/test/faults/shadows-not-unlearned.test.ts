import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";
import { auc } from "@ltu/metrics";

import { hasScores, lira, uLira, type AuditInput, type ShadowModel } from "../../src/evaluators/index.ts";
import { audited, shadowTable } from "../evaluators/shadow-table.ts";

/** Scores of the samples, higher for those that were once members. */
type Attack = (input: AuditInput) => Float64Array;

const scoresOf: (
  evaluate: (input: AuditInput) => ReturnType<ReturnType<typeof lira>["evaluate"]>,
) => Attack = (evaluate) => (input) => {
  const result = evaluate(input);
  if (!hasScores(result)) throw new Error(result.detail);
  return result.scores;
};

/**
 * Class "member" taken from models that were trained on the sample and never unlearned it. As in ERASURE at d5bbbe5,
 * `evaluations/MIA/lira.py`, and TRAIL at 969050c, `references/shadow.py`.
 */
const neverUnlearned: Attack = scoresOf((input) => lira({ location: "mean" }).evaluate(input));
const ours: Attack = scoresOf((input) => uLira().evaluate(input));

const [count, halves] = [60, 16];
/** phi of a sample: easily learnt, forgotten beyond what was never known, and never seen. */
const middle = { trained: 8, unlearned: -3, neverSeen: 0 };

/** An audit of an unlearner that forgets too much: samples 0 to 29 were forgotten, the others never seen. */
function overForgotten(): AuditInput {
  const rng = createRng(13);
  const every = Array.from({ length: count }, (_, i) => i);
  const models = Array.from({ length: halves }, (_, t): ShadowModel[] => {
    const trainedOn = every.filter((i) => (i + t) % 2 === 0);
    const phi = (known: number, label: string): number[] =>
      every.map(
        (i) => (trainedOn.includes(i) ? known : middle.neverSeen) + rng.split(`${t}/${label}/${i}`).normal(),
      );
    return [
      shadowTable.model(`original/${t}`, {
        kind: "original",
        trainedOn,
        forgotten: [],
        phi: phi(middle.trained, "o"),
      }),
      shadowTable.model(`unlearned/${t}`, {
        kind: "unlearned",
        trainedOn,
        forgotten: trainedOn,
        phi: phi(middle.unlearned, "u"),
      }),
    ];
  }).flat();
  const target = every.map(
    (i) => (i < 30 ? middle.unlearned : middle.neverSeen) + rng.split(`target/${i}`).normal(),
  );
  return audited(target, models);
}

function expectOverForgettingFound(attack: Attack): void {
  const scores = attack(overForgotten());
  expect(auc(scores.slice(0, 30), scores.slice(30))).toBeGreaterThan(0.95);
}

describe("fault 13: a likelihood ratio for unlearning with shadow models that were never unlearned", () => {
  it("misses what was forgotten too much; ours compares with models that unlearned the sample", () => {
    expect(() => expectOverForgettingFound(neverUnlearned)).toThrow(/to be greater than 0.95/);
    expectOverForgettingFound(ours);
  });

  it("is not taken for U-LiRA: without unlearned shadows there is a reason, and lira says what its shadows are", () => {
    const input = overForgotten();
    const originals = input.shadows?.models.filter(({ kind }) => kind === "original") ?? [];
    const without = {
      ...input,
      shadows: { indexes: input.shadows?.indexes as Int32Array, models: originals },
    };
    expect(uLira().evaluate(without)).toMatchObject({ reason: "NO_UNLEARNED_SHADOWS" });
    expect(lira().evaluate(without)).toMatchObject({
      about: { shadowsAre: "not unlearned, as the model is" },
    });
  });
});
