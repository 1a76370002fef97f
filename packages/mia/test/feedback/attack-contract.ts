import { memory, sum, tensor1d, tensor2d, tidy, type Scalar, type Tensor2D } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { createRng, valueAndGradient, type FeedbackAttack, type Predictions } from "@ltu/core";
import { auc } from "@ltu/metrics";

import { attackFromJSON, trainFeedback, type FeedbackDefinition } from "../../src/feedback/index.ts";
import { featuresFloat64, scaleFloat64 } from "../../src/feedback/features.ts";
import { shapeOf, type FittedAttackJSON } from "../../src/feedback/fitted-attack.ts";
import { mlpLogits } from "../../src/feedback/mlp.ts";
import { inFloat64, outputs } from "../outputs.ts";

const members = outputs("members", { size: 120, margin: 6 });
const nonMembers = outputs("nonMembers", { size: 150, margin: 1 });

/** Scores on the engine, read back. */
export async function scoresOf(
  attack: FeedbackAttack,
  { logits, labels, classes }: Predictions,
): Promise<Float32Array> {
  const scores = tidy(() =>
    attack.score(tensor2d(logits, [labels.length, classes]), tensor1d(labels, "int32")),
  );
  try {
    expect(scores.shape).toEqual([labels.length]);
    return (await scores.data()) as Float32Array;
  } finally {
    scores.dispose();
  }
}

/** Scores in float64 from what `toJSON` gives. */
function float64ScoresOf(attack: FeedbackAttack, predictions: Predictions): Float64Array {
  const { definition, classes, scaling, weights } = attack.toJSON() as unknown as FittedAttackJSON;
  const features = scaleFloat64(featuresFloat64(definition.signals, predictions), scaling);
  return mlpLogits(shapeOf(definition, classes), Float64Array.from(weights), features);
}

/** What every feedback attack promises. */
export function describeAttack(definition: FeedbackDefinition): void {
  let attack: FeedbackAttack;
  beforeAll(async () => {
    [attack] = (await trainFeedback({
      attacks: [definition],
      members,
      nonMembers,
      rng: createRng(5),
      recipe: { epochs: 60 },
    })) as [FeedbackAttack];
  });

  it("is defined by plain data", () => {
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
  });

  it("scores members of an overfit model above samples it has never seen", async () => {
    expect(attack.heldOutAuc).toBeGreaterThan(0.9);
    const fresh = await scoresOf(attack, outputs("fresh members", { size: 200, margin: 6 }));
    const unseen = await scoresOf(attack, outputs("unseen", { size: 200, margin: 1 }));
    expect(auc(fresh, unseen)).toBeGreaterThan(0.9);
  });

  it("takes its statistics over all non-members", async () => {
    const scores = await scoresOf(attack, nonMembers);
    const { mean, spread, sorted } = attack.nonMember;
    const count = nonMembers.labels.length;
    const average = scores.reduce((a, b) => a + b, 0) / count;
    expect(mean).toBeCloseTo(average, 4);
    expect(spread).toBeCloseTo(Math.sqrt(scores.reduce((t, u) => t + (u - average) ** 2, 0) / count), 4);
    expect(sorted).toHaveLength(count);
    [...scores].sort((a, b) => a - b).forEach((score, i) => expect(sorted[i]).toBeCloseTo(score, 3));
  });

  it("has the gradient of its float64 form with respect to the logits", async () => {
    const probe = outputs("probe", { size: 5, margin: 2 });
    const { logits, labels, classes } = probe;
    const gradient = tidy(() => {
      const y = tensor1d(labels, "int32");
      const z = tensor2d(logits, [labels.length, classes]);
      const result = valueAndGradient((params) => sum(attack.score(params["z"] as Tensor2D, y)) as Scalar, {
        z,
      });
      return result.gradient["z"] as Tensor2D;
    });
    const found = await gradient.data();
    gradient.dispose();
    const wide = inFloat64(probe);
    const total = (): number => float64ScoresOf(attack, wide).reduce((a, b) => a + b, 0);
    wide.logits.forEach((z, k) => {
      wide.logits[k] = z + 1e-5;
      const above = total();
      wide.logits[k] = z - 1e-5;
      const below = total();
      wide.logits[k] = z;
      const expected = (above - below) / 2e-5;
      expect(Math.abs((found[k] as number) - expected)).toBeLessThanOrEqual(2e-4 + 1e-3 * Math.abs(expected));
    });
    expect(found.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });

  it("has finite scores and gradients at extreme logits", async () => {
    const gradient = tidy(() => {
      const y = tensor1d([0, 0, 1], "int32");
      const z = tensor2d([
        [300, -300, 0, 0],
        [-300, 300, 0, 0],
        [0, 0, 0, 0],
      ]);
      const { value, gradient: tree } = valueAndGradient(
        (params) => sum(attack.score(params["z"] as Tensor2D, y)) as Scalar,
        { z },
      );
      value.dispose();
      return tree["z"] as Tensor2D;
    });
    expect((await gradient.data()).every((value) => Number.isFinite(value))).toBe(true);
    gradient.dispose();
  });

  it("scores a sample alike alone and among others", async () => {
    const all = await scoresOf(attack, nonMembers);
    const alone = await scoresOf(attack, {
      logits: nonMembers.logits.slice(4 * 7, 4 * 8),
      labels: nonMembers.labels.slice(7, 8),
      classes: 4,
    });
    expect(alone[0]).toBeCloseTo(all[7] as number, 4);
  });

  it("gives the same scores after a round trip through text, and holds no tensors", async () => {
    const before = memory().numTensors;
    const again = attackFromJSON(JSON.parse(JSON.stringify(attack)));
    expect(memory().numTensors).toBe(before);
    expect(await scoresOf(again, nonMembers)).toEqual(await scoresOf(attack, nonMembers));
    expect(again.nonMember).toEqual(attack.nonMember);
    expect(again.heldOutAuc).toBe(attack.heldOutAuc);
  });
}
