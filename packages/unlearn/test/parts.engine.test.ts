import {
  scalar,
  tensor1d,
  tensor2d,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import { sum } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";

import { createRng, disposeParams, valueAndGradient } from "@ltu/core";

import { scoreOverRank, standardScore } from "../src/attack-scores.ts";
import { forgetLoss, midQuantiles, optionSets } from "../src/index.ts";
import { passesOver } from "../src/passes.ts";
import { targetsByRank } from "../src/quantile-targets.ts";
import { querySetSize } from "../src/query-sets.ts";
import { randomLabels } from "../src/random-labels.ts";
import { resolveOptions } from "../src/resolve-options.ts";
import { sampleLosses } from "../src/sample-losses.ts";
import { supportGate } from "../src/support-gate.ts";
import { makeRequest, range, release } from "./setting.ts";
import { constantAttack, phiAttack, statisticsOf } from "./tiny-attacks.ts";

const made: Tensor[] = [];
const own = <T extends Tensor>(tensor: T): T => {
  made.push(tensor);
  return tensor;
};
afterEach(() => made.splice(0).forEach((tensor) => tensor.dispose()));

/** An attack whose logit is the first output of the model, so that numbers can be read off. */
const firstLogit = (values: readonly number[]) => ({
  ...constantAttack(0),
  nonMember: statisticsOf(values),
  score: (logits: Tensor2D) => sum(logits, 1) as Tensor1D,
});

/** Value and gradient of the forgetting loss for attack logits given as `[n, 1]` outputs. */
async function lossOf(
  scores: readonly number[],
  nonMembers: readonly number[],
  options: Parameters<typeof forgetLoss>[3],
): Promise<{ value: number; gradient: number[] }> {
  const labels = own(
    tensor1d(
      scores.map(() => 0),
      "int32",
    ),
  );
  const outputs = own(tensor2d(scores.map((score) => [score])));
  const { value, gradient } = valueAndGradient(
    ({ z }) => forgetLoss(firstLogit(nonMembers), z as Tensor2D, labels, options),
    { z: outputs },
  );
  const numbers = { value: (await value.data())[0]!, gradient: Array.from(await gradient["z"]!.data()) };
  value.dispose();
  disposeParams(gradient);
  return numbers;
}

describe("forgetLoss", () => {
  const plain = { forgetTarget: "nonMember", miFloor: false, attackScale: "none" } as const;

  it("is the mean of -log(1 - A) for the label non-member", async () => {
    const { value, gradient } = await lossOf([0, 2], [-1, 1], plain);
    expect(value).toBeCloseTo((Math.log(2) + Math.log(1 + Math.exp(2))) / 2, 5);
    expect(gradient[0]).toBeCloseTo(0.25, 5);
    expect(gradient[1]).toBeCloseTo(0.5 / (1 + Math.exp(-2)), 5);
  });

  it("gives no gradient to a sample below the non-members' mean, with the floor", async () => {
    const { gradient } = await lossOf([-3, 2], [-1, 0], { ...plain, miFloor: true });
    expect(gradient[0]).toBe(0);
    expect(gradient[1]).toBeGreaterThan(0.3);
  });

  it("divides the logits by their spread over non-members", async () => {
    const { value } = await lossOf([4], [-2, 2], { ...plain, attackScale: "nonMemberSpread" });
    expect(value).toBeCloseTo(Math.log(1 + Math.exp(2)), 5);
  });

  it("pulls sorted logits to the quantiles of non-members", async () => {
    // Quantiles 1/4 and 3/4 of 0 .. 4 are 1 and 3: the larger logit 3.5 goes to 3, the smaller -1 to 1.
    const { value, gradient } = await lossOf([3.5, -1], [0, 1, 2, 3, 4], {
      ...plain,
      forgetTarget: "quantile",
    });
    expect(value).toBeCloseTo((0.5 * 0.25 + 1.5) / 2, 5);
    expect(gradient[0]).toBeCloseTo(0.25, 5);
    expect(gradient[1]).toBeCloseTo(-0.5, 5);
  });

  it("is zero when the audit set is distributed as non-members are", async () => {
    const { value, gradient } = await lossOf([3, 1], [0, 1, 2, 3, 4], { ...plain, forgetTarget: "quantile" });
    expect(value).toBeCloseTo(0, 6);
    gradient.forEach((entry) => expect(Math.abs(entry)).toBeLessThan(1e-6));
  });
});

describe("midQuantiles", () => {
  it("interpolates between sorted numbers", () => {
    expect(Array.from(midQuantiles([0, 1, 2, 3, 4], 2))).toEqual([1, 3]);
    expect(Array.from(midQuantiles([0, 10], 5))).toEqual([1, 3, 5, 7, 9]);
    expect(Array.from(midQuantiles([7], 3))).toEqual([7, 7, 7]);
  });
});

describe("targetsByRank", () => {
  it("gives each score the target of its rank, ties in order", async () => {
    const targets = own(targetsByRank(own(tensor1d([5, -1, 5, 0])), [10, 20, 30, 40]));
    expect(Array.from(await targets.data())).toEqual([30, 10, 40, 20]);
  });
});

describe("standardScore", () => {
  it("is the mean over attacks of spreads above the non-members' mean", async () => {
    const logits = own(tensor2d([[3], [-1]]));
    const labels = own(tensor1d([0, 0], "int32"));
    const score = own(standardScore([firstLogit([-1, 1]), firstLogit([0, 4])], logits, labels));
    expect(Array.from(await score.data())).toEqual([(3 + 0.5) / 2, (-1 - 1.5) / 2]);
  });
});

describe("supportGate", () => {
  it("drops samples at or below the non-members' mean", async () => {
    const request = makeRequest();
    const { images, labels } = request.batches(range(0, 6));
    const labelTensor = own(tensor1d(labels, "int32"));
    const at = (offset: number): Tensor1D =>
      own(
        supportGate(
          {
            model: request.model,
            weights: request.original,
            attacks: [phiAttack("phi", { slope: 1, offset, nonMember: statisticsOf([-1, 1]) })],
          },
          own(images),
          labelTensor,
        ),
      );
    expect(Array.from(await at(50).data())).toEqual([1, 1, 1, 1, 1, 1]);
    expect(Array.from(await at(-50).data())).toEqual([0, 0, 0, 0, 0, 0]);
    made.splice(made.indexOf(images), 1);
    release(request.original);
  });
});

describe("scoreOverRank", () => {
  const scoresOf = async (scores: readonly number[], nonMembers: readonly number[]): Promise<number[]> => {
    const logits = own(tensor2d([...scores], [scores.length, 1]));
    const labels = own(
      tensor1d(
        scores.map(() => 0),
        "int32",
      ),
    );
    return Array.from(await own(scoreOverRank([firstLogit(nonMembers)], logits, labels)).data());
  };

  it("measures each score from the non-members' quantile of its rank, in their spreads", async () => {
    // Quantiles of 0, 0, 8, 8 at 1/4 and 3/4 are 0 and 8, the spread is 4; the mean, 4, plays no part.
    expect(await scoresOf([12, -2], [0, 0, 8, 8])).toEqual([1, -0.5]);
  });

  it("is 0 for a batch that is distributed as non-members are, most of which lie above their mean", async () => {
    const nonMembers = [-90, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    expect(await scoresOf([1, 1, 1], nonMembers)).toEqual([0, 0, 0]);
  });
});

describe("supportGate by rank", () => {
  it("drops every random label where the batch lies just below the non-members, and none just above", async () => {
    const request = makeRequest();
    const { images, labels } = request.batches(range(0, 6));
    const labelTensor = own(tensor1d(labels, "int32"));
    const plain = phiAttack("phi", { slope: 1, offset: 0, nonMember: statisticsOf([-1, 1]) });
    const measured = tidy(() => {
      const { logits } = request.model.apply(request.original, images, { mode: "eval" });
      return plain.score(logits, labelTensor);
    });
    const scores = Array.from(await own(measured).data());
    const gateBy = async (byRank: boolean, shift: number): Promise<number[]> => {
      // Many alike, so that the quantile of a rank is the score of that rank, moved by the shift.
      const nonMember = statisticsOf(Array.from({ length: 600 }, (_, n) => scores[n % 6]! + shift));
      const attacks = [{ ...plain, nonMember }];
      const { model, original: weights } = request;
      return Array.from(
        await own(supportGate({ model, weights, attacks, byRank }, images, labelTensor)).data(),
      );
    };
    const isAboveMean = scores.map((score) => (score > statisticsOf(scores).mean ? 1 : 0));
    expect(new Set(isAboveMean)).toEqual(new Set([0, 1]));
    expect(await gateBy(false, 1e-3)).toEqual(isAboveMean);
    expect(await gateBy(true, 1e-3)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await gateBy(true, -1e-3)).toEqual([1, 1, 1, 1, 1, 1]);
    images.dispose();
    release(request.original);
  });
});

describe("passesOver", () => {
  it("visits each sample once a pass, in another order each time, in batches of nearly equal size", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        (size, batchSize, seed) => {
          const at = passesOver(range(100, 100 + size), { batchSize, rng: createRng(seed) });
          const batches = Math.ceil(size / batchSize);
          for (const pass of [0, 1]) {
            const drawn = Array.from({ length: batches }, (_, i) => at(pass * batches + i));
            expect(drawn.flatMap((batch) => Array.from(batch)).sort((a, b) => a - b)).toEqual(
              Array.from(range(100, 100 + size)),
            );
            const sizes = drawn.map((batch) => batch.length);
            expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
            expect(Math.max(...sizes)).toBeLessThanOrEqual(batchSize);
          }
          // A step alone gives its batch, wherever the run resumes.
          const last = 2 * batches - 1;
          expect(passesOver(range(100, 100 + size), { batchSize, rng: createRng(seed) })(last)).toEqual(
            at(last),
          );
        },
      ),
    );
    const at = passesOver(range(0, 50), { batchSize: 50, rng: createRng(1) });
    expect(at(0)).not.toEqual(at(1));
  });
});

describe("randomLabels", () => {
  it("draws all classes, the true one only where that is allowed", () => {
    const trueLabels = new Int32Array(3000).fill(2);
    const share = (excludeTrueLabel: boolean): number[] => {
      const drawn = randomLabels(trueLabels, {
        choices: [0, 1, 2, 3],
        excludeTrueLabel,
        rng: createRng(1),
      });
      return [0, 1, 2, 3].map((label) => drawn.filter((value) => value === label).length / 3000);
    };
    share(false).forEach((part) => expect(Math.abs(part - 1 / 4)).toBeLessThan(0.03));
    const [zero, one, two, three] = share(true) as [number, number, number, number];
    expect(two).toBe(0);
    [zero, one, three].forEach((part) => expect(Math.abs(part - 1 / 3)).toBeLessThan(0.03));
    for (const excludeTrueLabel of [true, false]) {
      const among = randomLabels(trueLabels, { choices: [0, 3], excludeTrueLabel, rng: createRng(1) });
      expect([...new Set(among)].toSorted((a, b) => a - b)).toEqual([0, 3]);
    }
  });
});

describe("sampleLosses", () => {
  it("is the cross-entropy of each sample, also for large logits", () => {
    const losses = sampleLosses({
      logits: Float32Array.of(0, 0, 1000, 0),
      labels: Int32Array.of(1, 1),
      classes: 2,
    });
    expect(losses[0]).toBeCloseTo(Math.log(2), 12);
    expect(losses[1]).toBe(1000);
  });
});

describe("querySetSize", () => {
  it("is an equal part of the batch, or of what there is", () => {
    const names = ["uniform", "classSkewed", "hard"] as const;
    expect(querySetSize(1350, { queryBatch: 128, names })).toBe(42);
    expect(querySetSize(20, { queryBatch: 128, names })).toBe(6);
    expect(() => querySetSize(2, { queryBatch: 128, names })).toThrow("found 2");
  });
});

describe("resolveOptions", () => {
  it("overrides a named set and leaves out what is undefined", () => {
    expect(resolveOptions("literal", { epochs: 3, order: undefined as never })).toEqual({
      ...optionSets.literal,
      epochs: 3,
    });
  });

  it("takes one length of the run away where the other is named", () => {
    expect(resolveOptions("literal", { forgetPasses: 7 })).toMatchObject({ epochs: null, forgetPasses: 7 });
    expect(resolveOptions("literal", { epochs: 7, forgetPasses: null })).toMatchObject({
      epochs: 7,
      forgetPasses: null,
    });
    expect(resolveOptions("recommended", {})).toMatchObject({ epochs: 10, forgetPasses: 30 });
    expect(resolveOptions("recommended", { epochs: 7 })).toMatchObject({ epochs: 7, forgetPasses: null });
    expect(resolveOptions("recommended", { forgetPasses: 7 })).toMatchObject({
      epochs: null,
      forgetPasses: 7,
    });
    const both = { epochs: 7, forgetPasses: 9 };
    expect(resolveOptions("recommended", both)).toMatchObject(both);
  });

  it("refuses unknown, wrong and contradictory options, and says what is right", () => {
    const run =
      (overrides: object): (() => unknown) =>
      () =>
        resolveOptions("literal", overrides);
    expect(run({ learningRate: 1 })).toThrow('found "learningRate"; correct its name');
    expect(run({ epochs: 0 })).toThrow("epochs must be null or a whole number of at least 1, found 0");
    expect(run({ samplers: ["easy"] })).toThrow("at least one of");
    expect(run({ momentum: 1 })).toThrow("momentum must be a number in [0, 1)");
    expect(run({ mode: "none" })).toThrow("mode must be one of");
    expect(run({ forgetNormCap: 0 })).toThrow("null or a number above 0");
    expect(run({ earlyStop: { tolerance: 0.1 } })).toThrow("earlyStop must be null or a tolerance");
    expect(run({ earlyStop: { tolerance: 0.1, steps: 2, rule: 1 } })).toThrow("earlyStop must be");
    expect(run({ earlyStop: { tolerance: 0.1, steps: 2 }, forgetWeight: 0 })).toThrow(
      "set earlyStop to null",
    );
    expect(run({ schedule: { name: "one-cycle" } })).toThrow('schedule must be the "name" constant');
    expect(run({ schedule: { name: "cosine", lr: 1 } })).toThrow("outerLr and momentum are options");
    expect(run({ schedule: { name: "cosine", warmUp: 1 } })).toThrow('found "warmUp"');
    expect(run({ schedule: { name: "step-decay" } })).toThrow('the option "milestones" of step-decay');
    expect(run({ epochs: null })).toThrow(
      "a run lasts epochs or forgetPasses, found [null,null]; give one of them a number.",
    );
    expect(run({ gradientClip: 0 })).toThrow("gradientClip must be null or a number above 0");
    expect(run({ miRefreshEpochs: 0.5 })).toThrow("miRefreshEpochs must be a whole number of at least 0");
    expect(run({ attackQuery: "other" })).toThrow("attackQuery must be one of");
    expect(run({ forgetTarget: "quantile" })).toThrow("set miFloor to false");
    expect(() => resolveOptions("best" as never, {})).toThrow(
      'optionSet must be one of literal, initial, recommended, found "best"',
    );
  });
});

describe("optionSets", () => {
  it("hold valid options, all of them in each", () => {
    for (const name of ["literal", "initial", "recommended"] as const) {
      expect(resolveOptions(name, optionSets[name])).toEqual(optionSets[name]);
      expect(Object.keys(optionSets[name]).sort()).toEqual(Object.keys(optionSets.literal).sort());
    }
  });
});

describe("phiAttack", () => {
  it("is the log-odds of the true class", async () => {
    const logits = own(tensor2d([[Math.log(3), 0]]));
    const labels = own(tensor1d([0], "int32"));
    const score = own(
      phiAttack("phi", { slope: 2, offset: 1, nonMember: statisticsOf([0, 1]) }).score(logits, labels),
    );
    expect((await score.data())[0]).toBeCloseTo(2 * Math.log(3) + 1, 5);
    const one: Scalar = own(scalar(1));
    expect((await one.data())[0]).toBe(1);
  });
});
