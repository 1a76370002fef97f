import type { AttackReading, Result } from "@ltu/report";
import { describe, expect, it } from "vitest";

import { judgeSelftest, selftestText } from "../../src/selftest/judge-selftest.ts";

/** An attack whose true-positive rates at 1 % have these lower bounds, straight and turned. */
function attack(low: number, turnedLow = 0): AttackReading {
  const rate = (bound: number): { fpr: number; estimate: number; low: number; high: number } => ({
    fpr: 0.01,
    estimate: bound + 0.02,
    low: bound,
    high: bound + 0.05,
  });
  return {
    attack: "rmia",
    kind: "perExample",
    families: ["rmia"],
    reading: {
      auc: 0.5,
      aucInterval: { low: 0.4, high: 0.6 },
      balancedAccuracy: 0.5,
      tpr: [rate(low)],
      turnedTpr: [rate(turnedLow)],
      smallestFpr: 0.01,
      roc: [],
      samples: { forget: 100, unseen: 100, leftOut: 0 },
      about: {},
    },
  };
}

/** What of a result is judged. */
function resultOf(idle: AttackReading[], heldOut: AttackReading[]): Result {
  return {
    rows: [
      { method: "retrain", label: "retrain" },
      { method: "do-nothing", label: "do-nothing", audit: { attacks: idle } },
    ],
    oracles: { heldOut: [{ name: "held-out oracle 1", audit: { attacks: heldOut } }] },
  } as unknown as Result;
}

describe("judgeSelftest", () => {
  it("passes an audit that catches the original and not a retrained model, and prints both", () => {
    const verdict = judgeSelftest(resultOf([attack(0.2)], [attack(0)]), "rmia");
    expect(verdict.passed).toBe(true);
    expect(selftestText(verdict).split("\n")).toEqual([
      "do-nothing       must be caught:     caught, TPR at 1 % FPR 22.0 % [20.0, 25.0], score turned 2.0 % [0.0, 5.0], AUC 0.500",
      "held-out oracle  must not be caught: not caught, TPR at 1 % FPR 2.0 % [0.0, 5.0], score turned 2.0 % [0.0, 5.0], AUC 0.500",
      "the audit (rmia) works",
    ]);
  });

  it.each<[string, AttackReading[], AttackReading[]]>([
    ["is blind", [attack(0.01)], [attack(0)]],
    ["sees the original only with the score turned round", [attack(0, 0.2)], [attack(0)]],
    ["accuses a retrained model", [attack(0.2)], [attack(0.011)]],
    ["accuses a retrained model with the score turned round", [attack(0.2)], [attack(0, 0.2)]],
    ["did not run on the retrained model", [attack(0.2)], []],
    [
      "gave no score on the retrained model",
      [attack(0.2)],
      [{ ...attack(0), reading: { reason: "NO_SHADOWS", detail: "none" } }],
    ],
  ])("fails an audit that %s", (_, idle, heldOut) => {
    const verdict = judgeSelftest(resultOf(idle, heldOut), "rmia");
    expect(verdict.passed).toBe(false);
    expect(selftestText(verdict)).toContain("does NOT work");
  });
});
