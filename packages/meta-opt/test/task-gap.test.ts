import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { keptLoss, type SupportQueryGradient } from "@ltu/testing";

import { disposeMetaGradient, metaGradient } from "../src/index.ts";

// The claim: a meta step keeps more on unseen data than none, and the more so the wider the gap between support and
// query task. The toy (`keptLoss`): a logistic regression in ten dimensions knows two groups, one to forget and one to keep. The
// gap is the angle between the directions that carry their classes: 0 is one task, 1 (a right angle) two that share
// nothing. Support: the forget group with random labels. Query: a few samples of the group to keep. Both arms stop at
// equal forgetting, and the loss on unseen samples of the group to keep is compared.

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]; // fixed before the first run; the toy was set up on seeds 100 to 109
const gaps = [0, 0.5, 1];
const innerLr = 2;

/** The 97.5 % quantile of Student's t with 9 degrees of freedom: NIST/SEMATECH e-Handbook, table 1.3.6.7.2. */
const t9 = 2.262;

/** The rule with the meta step, and the same without: its inner rate is 0. */
const rule =
  (hasMetaStep: boolean): SupportQueryGradient =>
  async (params, support, query) => {
    const options = hasMetaStep ? { innerLr } : ({ innerLr: 0, order: "first" } as const);
    const { gradient, ...parts } = await metaGradient(params, support, [query], options);
    disposeMetaGradient({ ...parts, gradient: {} });
    return gradient;
  };

/** Mean and half the width of its 95 % interval. */
function interval(values: readonly number[]): { readonly mean: number; readonly half: number } {
  const average = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - average) ** 2, 0);
  return { mean: average, half: t9 * Math.sqrt(squares / (values.length - 1) / values.length) };
}

describe("the meta step against none", () => {
  it("keeps as much as the README says, at every gap", async () => {
    const text = ({ mean: average, half }: ReturnType<typeof interval>): string =>
      `${average.toFixed(3)} ± ${half.toFixed(3)}`;
    const rows: string[] = [];
    const effects: number[][] = [];
    for (const gap of gaps) {
      const [without, having]: [number[], number[]] = [[], []];
      for (const seed of seeds) {
        without.push(await keptLoss({ seed, gap }, rule(false)));
        having.push(await keptLoss({ seed, gap }, rule(true)));
      }
      const effect = without.map((loss, i) => loss - having[i]!);
      effects.push(effect);
      const means = [without, having].map((values) => interval(values).mean.toFixed(3));
      rows.push([gap, ...means, text(interval(effect))].join(" | "));
    }
    const widening = interval(effects[2]!.map((effect, i) => effect - effects[0]![i]!));
    rows.push(`1 against 0 | | | ${text(widening)}`);
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8").split("\n");
    const start = readme.findIndex((line) => line.startsWith("| gap "));
    const stated = readme.slice(start + 2, start + 6).map((line) => line.replace(/ +/g, " ").slice(2, -2));
    expect(stated).toEqual(rows);
    // What the README concludes: a gain where the tasks are one, none where they share nothing.
    const [same, , wide] = effects.map(interval);
    expect(same!.mean - same!.half).toBeGreaterThan(0);
    expect(Math.abs(wide!.mean)).toBeLessThan(wide!.half);
    expect(widening.mean + widening.half).toBeLessThan(0);
  });
});
