import { describe, expect, it } from "vitest";

import { createRng, type Predictions } from "@ltu/core";

import { defaultRecipe } from "../../src/feedback/recipe.ts";
import {
  offlineLogPrior,
  softRatio,
  softRatioDefaults,
  softShareLogit,
} from "../../src/feedback/soft-ratio.ts";

/**
 * Case `rmia-2refs` of the golden topic `rmia`: scores by an independent float64 computation from the published
 * formulas, beside ml_privacy_meter@e384af8, modules/mia/attacks/rmia.py. Out means are those of the references that have not seen the sample.
 */
const targetX = [
  0.26664, 0.78271, 0.616304, 0.627648, 0.96638, 0.554585, 0.819422, 0.252291, 0.982565, 0.960163, 0.963795,
  0.968314,
];
const meanOutX = [
  0.582646, 0.687908, 0.350559, 0.348773, 0.961487, 0.594434, 0.839567, 0.172486, 0.84914, 0.861106, 0.529637,
  0.836873,
];
const targetZ = [
  0.413359, 0.695075, 0.965728, 0.665342, 0.902786, 0.979383, 0.877747, 0.921448, 0.938526, 0.747687,
  0.402732, 0.729051, 0.978806, 0.284627, 0.252643,
];
const meanOutZ = [
  0.7810065, 0.6551785, 0.9476415, 0.624137, 0.821288, 0.960764, 0.81753, 0.9295335, 0.9015775, 0.5538625,
  0.2525125, 0.7935405, 0.9753835, 0.4078085, 0.35756,
];
const golden: readonly [number, number, readonly number[]][] = [
  [0.3, 1, [0, 0.533333333, 1, 1, 0.533333333, 0.2, 0.466666667, 0.2, 1, 1, 1, 1]],
  [0.3, 2, [0, 0.2, 0.2, 0.2, 0.2, 0, 0.0666666667, 0, 0.2, 0.2, 0.2, 0.2]],
  [
    1,
    1,
    [
      0, 0.866666667, 1, 1, 0.4, 0.266666667, 0.266666667, 0.933333333, 0.866666667, 0.866666667, 1,
      0.866666667,
    ],
  ],
  [1, 2, [0, 0.0666666667, 0.2, 0.2, 0, 0, 0, 0.2, 0.0666666667, 0.0666666667, 0.2, 0.0666666667]],
  [
    0,
    1,
    [
      0, 0.466666667, 0.466666667, 0.466666667, 0.666666667, 0.266666667, 0.466666667, 0.133333333, 1, 1, 1,
      1,
    ],
  ],
  [0, 2, [0, 0.133333333, 0.133333333, 0.2, 0.2, 0, 0.133333333, 0, 0.2, 0.2, 0.2, 0.2]],
];

/** Narrow enough for a count: no ratio lies within 1e-7 of gamma in these inputs. */
const countTemperature = 1e-9;

describe("softShareLogit", () => {
  it.each(golden)(
    "becomes RMIA's count as the temperature falls: a = %s, gamma = %s",
    (offlineA, gamma, expected) => {
      const ratios = (target: readonly number[], meanOut: readonly number[]): number[] =>
        target.map((p, i) => Math.log(p) - offlineLogPrior(meanOut[i] as number, { offlineA }));
      const population = ratios(targetZ, meanOutZ);
      const shares = ratios(targetX, meanOutX).map((ratio) => {
        const logit = softShareLogit(ratio, population, { gamma, temperature: countTemperature });
        return 1 / (1 + Math.exp(-logit));
      });
      shares.forEach((share, i) => expect(share).toBeCloseTo(expected[i] as number, 6));
    },
  );

  it("is the logit of a mean of sigmoids", () => {
    const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
    const share = (sigmoid(1) + sigmoid(-3)) / 2;
    const found = softShareLogit(2, [1, 5], { gamma: 1, temperature: 1 });
    expect(found).toBeCloseTo(Math.log(share / (1 - share)), 12);
  });

  it("keeps its digits where the share is 0 or 1 to all of them", () => {
    expect(softShareLogit(-500, [0], { gamma: 1, temperature: 1 })).toBeCloseTo(-500, 9);
    expect(softShareLogit(500, [0], { gamma: 1, temperature: 1 })).toBeCloseTo(500, 9);
  });
});

describe("softRatio", () => {
  it("scores a sample that beats gamma times its only rival at the logit 0 before the threshold", () => {
    // Target and references agree on p_y = 1/2, so log p(x) is that of 1/2 (1.33 / 2 + 0.67).
    const even: Predictions = { logits: new Float32Array(2), labels: new Int32Array(1), classes: 2 };
    const prior = 0.5 * ((1 + softRatioDefaults.offlineA) * 0.5 + 1 - softRatioDefaults.offlineA);
    const population = [Math.log(0.5 / prior / softRatioDefaults.gamma)];
    const outputs = { ...even, reference: Float64Array.of(0.5) };
    const scores = softRatio.scoreFloat64?.({ population, threshold: 1, scale: 4 }, outputs);
    expect(scores?.[0]).toBeCloseTo(-0.25, 12);
  });

  it("compares with at most 256 samples of the population", async () => {
    const many = (size: number, seed: number): Predictions => ({
      logits: createRng(seed).normals(2 * size),
      labels: new Int32Array(size),
      classes: 2,
    });
    const options = { recipe: defaultRecipe, rng: createRng(1), onEpoch: () => undefined };
    const withReference = (size: number, seed: number): Predictions & { reference: Float64Array } => ({
      ...many(size, seed),
      reference: new Float64Array(size).fill(0.5),
    });
    const fitted = await softRatio.fit(
      { members: withReference(20, 1), nonMembers: withReference(900, 2) },
      options,
    );
    expect(fitted.population).toHaveLength(256);
    expect(fitted.population).toEqual([...fitted.population].sort((a, b) => a - b));
    expect(softRatio.problem?.({ ...fitted, population: [] }, 2)).toMatch(/population/u);
  });
});
