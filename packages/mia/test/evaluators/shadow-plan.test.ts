import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  shadowBudgets,
  shadowPlan,
  type ShadowPlanRequest,
  type ShadowSpec,
} from "../../src/evaluators/index.ts";

const range = (from: number, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => from + i);
const targets = range(0, 20);
const request: ShadowPlanRequest = {
  attack: "lira",
  targets,
  background: range(100, 30),
  budget: "smoke",
  seed: 3,
};
const keysOf = (shadows: readonly ShadowSpec[]): string[] =>
  shadows.map(({ keyParts }) => JSON.stringify(keyParts));

describe("shadowPlan", () => {
  it("puts each target into exactly half of the training sets, whatever the sizes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 25 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 1000 }),
        (count, others, pairs, seed) => {
          const plan = shadowPlan({
            attack: "rmia",
            targets: range(0, count),
            background: range(100, others),
            budget: 2 * pairs,
            seed,
          });
          expect(plan.shadows).toHaveLength(2 * pairs);
          for (let x = 0; x < count; x++) {
            expect(plan.shadows.filter(({ trainedOn }) => trainedOn.includes(x))).toHaveLength(pairs);
          }
          expect(plan.perTarget).toEqual({ member: pairs, other: pairs });
          for (const { trainedOn } of plan.shadows) expect(new Set(trainedOn).size).toBe(trainedOn.length);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("has every target of a half forgotten exactly once over the shadows of that half", () => {
    const plan = shadowPlan({ ...request, attack: "u-lira", method: "finetune", forgetCount: 3 });
    const unlearned = plan.shadows.filter(({ kind }) => kind === "unlearned");
    expect(plan.counts).toEqual({ original: 8, unlearned: 24, oracle: 0 });
    for (const x of targets)
      expect(unlearned.filter(({ forgotten }) => forgotten.includes(x))).toHaveLength(4);
    for (const { trainedOn, forgotten, from } of unlearned) {
      expect(forgotten.every((x) => trainedOn.includes(x) && x < 20)).toBe(true);
      expect(plan.shadows.find(({ id }) => id === from)?.trainedOn).toEqual(trainedOn);
    }
    expect(plan.perTarget).toEqual({ member: 4, other: 12 });
  });

  it("adds oracles that were trained without what is forgotten", () => {
    const plan = shadowPlan({ ...request, attack: "u-lira", method: "finetune", oracles: true });
    expect(plan.counts).toEqual({ original: 8, unlearned: 8, oracle: 8 });
    const [unlearned, oracle] = ["unlearned/0/0", "oracle/0/0"].map((id) =>
      plan.shadows.find((one) => one.id === id),
    );
    expect(oracle?.trainedOn).toEqual(unlearned?.trainedOn.filter((x) => !unlearned.forgotten.includes(x)));
  });

  it("shares originals between methods and attacks, and no unlearned model", () => {
    const lira = shadowPlan(request);
    const first = shadowPlan({ ...request, attack: "u-lira", method: "finetune" });
    const second = shadowPlan({ ...request, attack: "u-lira", method: "scrub" });
    const [a, b, c] = [lira, first, second].map(({ shadows }) => new Set(keysOf(shadows))) as [
      Set<string>,
      Set<string>,
      Set<string>,
    ];
    expect([...a].every((key) => b.has(key) && c.has(key))).toBe(true);
    expect([...b].filter((key) => c.has(key))).toHaveLength(8);
  });

  it("is the same for the same request, and other models for another seed", () => {
    expect(shadowPlan(request)).toEqual(shadowPlan(request));
    const other = keysOf(shadowPlan({ ...request, seed: 4 }).shadows);
    expect(keysOf(shadowPlan(request).shadows).filter((key) => other.includes(key))).toEqual([]);
    const seeds = shadowPlan(request).shadows.map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it("trains the models of offline attacks on the whole background and on no target", () => {
    const plan = shadowPlan({ ...request, attack: "rmia-offline" });
    expect(plan.counts).toEqual({ original: 0, unlearned: 0, oracle: 8 });
    for (const { trainedOn } of plan.shadows) expect(trainedOn).toEqual(range(100, 30));
    expect(plan.perTarget).toEqual({ member: 0, other: 8 });
    expect(plan.expected.meanGapWidth).toBeUndefined();
  });

  it("gives each shadow its share of the background", () => {
    const plan = shadowPlan({ ...request, backgroundShare: 1 });
    for (const { trainedOn } of plan.shadows) expect(trainedOn.filter((x) => x >= 100)).toHaveLength(30);
    const half = shadowPlan(request).shadows.map(({ trainedOn }) => trainedOn.filter((x) => x >= 100).length);
    expect(half).toEqual(half.map(() => 15));
  });

  it("says how precise the audit will be: narrower on each step of the ladder", () => {
    const widths = (["smoke", "dev", "paper"] as const).map(
      (budget) => shadowPlan({ ...request, budget }).expected.meanGapWidth as number,
    );
    // 4 models a side: 2 t_6 sqrt(1/2), with t_6 = 2.4469.
    expect(widths[0]).toBeCloseTo(2 * 2.446912 * Math.sqrt(0.5), 4);
    expect(widths[0]).toBeGreaterThan(widths[1] as number);
    expect(widths[1]).toBeGreaterThan(widths[2] as number);
    expect(shadowBudgets).toEqual({ smoke: 8, dev: 64, paper: 256 });
    // 10 targets a side: 2 x 1.96 sqrt(21 / 1200).
    expect(shadowPlan(request).expected.aucWidth).toBeCloseTo(2 * 1.96 * Math.sqrt(21 / 1200), 12);
    expect(shadowPlan(request).expected.smallestFpr).toBe(0.1);
  });

  it.each<[string, string, object]>([
    ["OPTION", "budget must be smoke, dev, paper or an even number", { budget: 7 }],
    ["OPTION", "attack must be lira, lira-offline", { attack: "loss" }],
    ["OPTION", "u-lira needs the audited method, found none", { attack: "u-lira" }],
    ["OPTION", "belong to u-lira", { method: "finetune" }],
    ["OPTION", "needs a background", { attack: "lira-offline", background: range(0, 0) }],
    ["OPTION", "at least two targets", { targets: range(0, 1) }],
    ["OPTION", "seed must be a whole number", { seed: -1 }],
    ["OPTION", 'found "shadows"', { shadows: 8 }],
    ["DATA", "found 5 twice", { background: range(5, 1) }],
  ])("refuses with %s: %s", (code, message, changes) => {
    const call = (): unknown => shadowPlan({ ...request, ...changes } as ShadowPlanRequest);
    expect(call).toThrow(expect.objectContaining({ code }));
    expect(call).toThrow(message);
  });
});
