import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { tInterval, type TInterval } from "@ltu/metrics";

import { advantageOver, ensembleSignal, pool, seeds, type EnsembleSignal } from "./ensemble-signal.ts";

const measured = JSON.parse(
  readFileSync(new URL("ensemble-signal.json", import.meta.url), "utf8"),
) as readonly EnsembleSignal[];
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** Mean and half the width of its 95 % interval. */
function interval(values: readonly number[]): readonly [mean: number, half: number] {
  const { mean, half } = tInterval(values) as TInterval;
  return [mean, half];
}

const advantages = pool.map(
  (name) => [name, interval(measured.map((seed) => advantageOver(name, seed)))] as const,
);

describe("an ensemble of attacks against a single one", () => {
  it("was measured on all ten seeds fixed beforehand", () => {
    expect(measured.map(({ seed }) => seed)).toEqual(seeds);
  });

  it("leaves an unseen attack less signal than the posterior or the margin network alone", () => {
    for (const [name, [mean, half]] of advantages) {
      if (name === "posterior-mlp" || name === "margin-statistics-mlp")
        expect(mean - half, name).toBeGreaterThan(0);
    }
  });

  it("shows no effect against the logistic or the entropy attack alone", () => {
    for (const [name, [mean, half]] of advantages) {
      if (name === "logistic" || name === "entropy-mlp") expect(Math.abs(mean), name).toBeLessThan(half);
    }
  });

  it("leaves less signal than a single attack does on average over the choice of that attack", () => {
    const perSeed = measured.map(
      (seed) => pool.reduce((total, name) => total + advantageOver(name, seed), 0) / pool.length,
    );
    const [mean, half] = interval(perSeed);
    expect(mean - half).toBeGreaterThan(0);
    expect(readme).toContain(`${mean.toFixed(3)} ± ${half.toFixed(3)}`);
  });

  it("is told in the README with the numbers measured", () => {
    for (const [name, [mean, half]] of advantages) {
      const row = readme.split("\n").find((line) => line.startsWith(`| \`${name}\` alone`)) ?? "";
      expect(row, name).toContain(`${mean.toFixed(3)} ± ${half.toFixed(3)}`);
    }
  });

  it("is drawn in docs/results from the same numbers", () => {
    interface Drawn {
      readonly parts: readonly {
        readonly series: readonly { readonly points: readonly { x: string; values: number[] }[] }[];
      }[];
    }
    const file = new URL("../../../../docs/results/ensemble.json", import.meta.url);
    const [alone, ensembles] = (JSON.parse(readFileSync(file, "utf8")) as Drawn).parts[0]!.series;
    for (const name of pool) {
      const of = (series: typeof alone): number[] => series?.points.find(({ x }) => x === name)?.values ?? [];
      const differences = of(alone).map((value, i) => value - (of(ensembles)[i] as number));
      expect(differences).toHaveLength(seeds.length);
      measured.forEach((seed, i) => expect(differences[i]).toBeCloseTo(advantageOver(name, seed), 8));
    }
  });

  it("is measured to the same numbers again", { timeout: 120_000 }, async () => {
    const again = await ensembleSignal(1, ["posterior-mlp"]);
    const stored = measured[0] as EnsembleSignal;
    // A few pairs of samples out of 16,000 may change places between versions of the exponential.
    const near = 0.01;
    for (const reader of pool) {
      const [found, kept] = [
        again.single["posterior-mlp"]?.[reader],
        stored.single["posterior-mlp"]?.[reader],
      ];
      expect(Math.abs((found as number) - (kept as number)), reader).toBeLessThan(near);
    }
    const [found, kept] = [again.ensemble["posterior-mlp"], stored.ensemble["posterior-mlp"]];
    expect(Math.abs((found as number) - (kept as number))).toBeLessThan(near);
  });
});
