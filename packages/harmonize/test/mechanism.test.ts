import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { descendInConflict, type JoinGradients } from "@ltu/testing";

import { combine, harmonize, harmonizeModes } from "../src/index.ts";

/** Fixed before the first run. */
const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** The 97.5 % point of Student's t with 9 degrees of freedom. */
const studentT = 2.262;

interface Effect {
  readonly mean: number;
  /** Half the width of the 95 % interval. */
  readonly half: number;
}

function effectOf(values: readonly number[]): Effect {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, half: studentT * Math.sqrt(variance / values.length) };
}

const shown = ({ mean, half }: Effect): string =>
  `${mean >= 0 ? "+" : ""}${mean.toFixed(3)} ± ${half.toFixed(3)}`;

describe("the mechanism on built conflicting gradients", () => {
  it("lowers both losses where the plain sum raises one, as the README states", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8").replaceAll(/ +\|/g, " |");
    const joins: Record<string, JoinGradients> = Object.fromEntries([
      ...harmonizeModes.map((mode): [string, JoinGradients] => [mode, (r, f) => harmonize(r, f, { mode })]),
      ...(["upgrad", "mgda"] as const).map((rule): [string, JoinGradients] => [
        rule,
        (r, f) => combine([r, f], { rule }),
      ]),
    ]);
    const changes: Record<string, [number, number][]> = {};
    for (const [name, join] of Object.entries(joins)) {
      changes[name] = [];
      for (const seed of seeds) {
        const { remember: kept, forget: lost } = await descendInConflict(seed, join);
        changes[name].push([kept, lost]);
      }
      const remember = effectOf(changes[name].map(([change]) => change));
      const forget = effectOf(changes[name].map(([, change]) => change));
      const bothLower = changes[name].filter(([r, f]) => r < 0 && f < 0).length;
      expect(readme).toContain(`| \`${name}\` | ${shown(remember)} | ${shown(forget)} | ${bothLower} |`);
    }
    expect(changes["off"]!.every(([remember, forget]) => remember > 0 && forget < 0)).toBe(true);
    for (const name of ["both", "upgrad", "mgda"]) {
      expect(
        changes[name]!.every(([remember, forget]) => remember < 0 && forget < 0),
        name,
      ).toBe(true);
    }
    const difference = effectOf(changes["both"]!.map(([remember], i) => remember - changes["off"]![i]![0]));
    expect(readme.replaceAll(/\s+/g, " ")).toContain(
      `changes the remembering loss by ${shown(difference)} against`,
    );
    expect(difference.mean + difference.half).toBeLessThan(0);
  });
});
