import { readFileSync } from "node:fs";

import { mul, square, sub, sum, tensor1d, tidy, type Scalar } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import {
  addScaledParams,
  createRng,
  disposeParams,
  valueAndGradient,
  type Params,
  type Rng,
} from "@ltu/core";

import { combine, harmonize, harmonizeModes } from "../src/index.ts";

/** Fixed before the first run. */
const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const dimension = 20;
const steps = 20;
const learningRate = 0.02;
/** The 97.5 % point of Student's t with 9 degrees of freedom. */
const studentT = 2.262;

type Loss = (params: Params) => Scalar;
interface Pair {
  readonly gradient: Params;
}
type Join = (remember: Params, forget: Params) => Promise<Pair>;

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((total, value, i) => total + value * b[i]!, 0);
const unit = (a: readonly number[]): number[] => a.map((value) => value / Math.sqrt(dot(a, a)));

/** 1/2 sum_i h_i (t_i - c_i)^2, with the centre that gives the wanted gradient at t = 0. */
function quadratic(gradientAtZero: readonly number[], rng: Rng): { loss: Loss; owned: Params } {
  const curvature = gradientAtZero.map(() => 0.5 + rng.uniform());
  const owned = {
    h: tensor1d(curvature),
    c: tensor1d(gradientAtZero.map((value, i) => -value / curvature[i]!)),
  };
  return { loss: ({ t }) => mul(0.5, sum(mul(owned.h, square(sub(t!, owned.c))))) as Scalar, owned };
}

/** Gradients at the start with a cosine from -0.8 to -0.5, the forgetting one 2.5 to 4 times as long. */
function conflictingLosses(seed: number): { remember: Loss; forget: Loss; owned: Params[] } {
  const rng = createRng(seed).split("mechanism");
  const u = unit(Array.from(rng.normals(dimension)));
  const raw = Array.from(rng.normals(dimension));
  const v = unit(raw.map((value, i) => value - dot(raw, u) * u[i]!));
  const cosine = -0.8 + 0.3 * rng.uniform();
  const length = 2.5 + 1.5 * rng.uniform();
  const g = u.map((value, i) => length * (cosine * value + Math.sqrt(1 - cosine ** 2) * v[i]!));
  const [remember, forget] = [quadratic(u, rng), quadratic(g, rng)];
  return { remember: remember.loss, forget: forget.loss, owned: [remember.owned, forget.owned] };
}

const valueOf = async (loss: Loss, params: Params): Promise<number> => {
  const value = tidy(() => loss(params));
  const [number] = await value.data();
  value.dispose();
  return number!;
};

/** By how much the two losses change over the descent. */
async function descend(seed: number, join: Join): Promise<[number, number]> {
  const { remember, forget, owned } = conflictingLosses(seed);
  let params: Params = { t: tensor1d(new Float32Array(dimension)) };
  const before = [await valueOf(remember, params), await valueOf(forget, params)];
  for (let step = 0; step < steps; step++) {
    const [r, f] = [valueAndGradient(remember, params), valueAndGradient(forget, params)];
    const { gradient } = await join(r.gradient, f.gradient);
    const next = addScaledParams(params, gradient, -learningRate);
    [params, gradient, r.gradient, f.gradient].forEach(disposeParams);
    [r.value, f.value].forEach((value) => value.dispose());
    params = next;
  }
  const after = [await valueOf(remember, params), await valueOf(forget, params)];
  [params, ...owned].forEach(disposeParams);
  return [after[0]! - before[0]!, after[1]! - before[1]!];
}

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
    const joins: Record<string, Join> = Object.fromEntries([
      ...harmonizeModes.map((mode): [string, Join] => [mode, (r, f) => harmonize(r, f, { mode })]),
      ...(["upgrad", "mgda"] as const).map((rule): [string, Join] => [
        rule,
        (r, f) => combine([r, f], { rule }),
      ]),
    ]);
    const changes: Record<string, [number, number][]> = {};
    for (const [name, join] of Object.entries(joins)) {
      changes[name] = [];
      for (const seed of seeds) changes[name].push(await descend(seed, join));
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
