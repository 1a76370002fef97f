import { describe, expect, it } from "vitest";

import { createRng, type Predictions } from "@ltu/core";

import { classThreshold, minClassSamples } from "../../src/feedback/class-threshold.ts";
import { defaultRecipe } from "../../src/feedback/recipe.ts";

/** `count` outputs of three classes with a given label and loss: the other two share what is left. */
function withLoss(label: number, loss: number, count: number): Predictions {
  const own = Math.exp(-loss);
  const row = [0, 1, 2].map((j) => Math.log(j === label ? own : (1 - own) / 2));
  return {
    // Float64 where the type says float32: the float64 forms take either, and numbers by hand need the digits.
    logits: Float64Array.from(
      { length: count * 3 },
      (_, k) => row[k % 3] as number,
    ) as unknown as Float32Array,
    labels: new Int32Array(count).fill(label),
    classes: 3,
  };
}

function joined(...parts: readonly Predictions[]): Predictions {
  return {
    logits: Float64Array.from(parts.flatMap(({ logits }) => [...logits])) as unknown as Float32Array,
    labels: Int32Array.from(parts.flatMap(({ labels }) => [...labels])),
    classes: 3,
  };
}

const options = { recipe: defaultRecipe, rng: createRng(1), onEpoch: () => undefined };
const members = joined(withLoss(0, 0.1, 10), withLoss(1, 1, 10), withLoss(2, 0.2, 2));
const nonMembers = joined(withLoss(0, 0.5, 10), withLoss(1, 3, 10), withLoss(2, 4, 2));

describe("classThreshold", () => {
  it("has a threshold for each class, and for a class of few samples that of all together", async () => {
    const { thresholds, scale } = await classThreshold.fit({ members, nonMembers }, options);
    // Class 2 has two samples of each kind. Over all, a loss of 2 parts 22 members and 12 of 22 non-members from the
    // rest, as well as any other and at the lowest -loss.
    [0.3, 2, 2].forEach((expected, y) => expect(thresholds[y]).toBeCloseTo(expected, 12));
    // t_y - loss of non-members: -0.2 and -1, ten times each, -2 twice; variance 18.4 / 22 - (16 / 22)^2.
    expect(scale).toBeCloseTo(Math.sqrt(18.4 / 22 - (16 / 22) ** 2), 12);
  });

  it("needs ten members and ten non-members for a threshold of a class's own", async () => {
    const samples = {
      members: joined(members, withLoss(2, 0.2, minClassSamples - 2)),
      nonMembers: joined(nonMembers, withLoss(2, 4, minClassSamples - 3)),
    };
    expect((await classThreshold.fit(samples, options)).thresholds[2]).not.toBeCloseTo(2.1, 6);
    samples.nonMembers = joined(samples.nonMembers, withLoss(2, 4, 1));
    expect((await classThreshold.fit(samples, options)).thresholds[2]).toBeCloseTo(2.1, 12);
  });

  it("scores a loss by its distance from its class's threshold", () => {
    const fitted = { thresholds: [0.3, 2, 2], scale: 0.5 };
    const scores = classThreshold.scoreFloat64?.(fitted, joined(withLoss(0, 0.1, 1), withLoss(1, 3, 1)));
    expect(scores?.[0]).toBeCloseTo(0.4, 12);
    expect(scores?.[1]).toBeCloseTo(-2, 12);
  });
});
