import { describe, expect, it } from "vitest";

import { forgettingQuality, isMissing, type ModelScores } from "../../src/index.ts";
import { normals, seeded } from "../random.ts";

/** The epsilons of a forget set, one for each sample. */
type Epsilons = (unlearned: ModelScores, retrained: ModelScores) => readonly number[];

const thresholds = Array.from({ length: 51 }, (_, k) => -2.5 + k * 0.25);
const shareAtLeast = (values: readonly number[], t: number): number =>
  values.filter((x) => x >= t).length / values.length;

/** The best over thresholds and both directions, by the rule of the tool: the smaller of the two bounds. */
function smallerBound(first: readonly number[], second: readonly number[]): number {
  return Math.max(oneDirection(first, second), oneDirection(second, first));
}

function oneDirection(positive: readonly number[], negative: readonly number[]): number {
  const [delta, eps] = [1e-5, 1e-10];
  const clip = (x: number): number => Math.min(Math.max(x, eps), 1 - delta - eps);
  return Math.max(
    ...thresholds.map((t) => {
      const fpr = shareAtLeast(negative, t);
      const fnr = 1 - shareAtLeast(positive, t);
      if (fpr === 0 && fnr === 0) return Infinity;
      if (fpr >= 1 - delta || fnr >= 1 - delta) return 0;
      const bounds = [
        Math.log(1 - delta - clip(fpr)) - Math.log(clip(fnr)),
        Math.log(1 - delta - clip(fnr)) - Math.log(clip(fpr)),
      ];
      return Math.max(0, Math.min(...bounds));
    }),
  );
}

const row = ({ values, samples }: ModelScores, model: number): number[] =>
  Array.from({ length: samples }, (_, i) => values[model * samples + i]!);
const column = ({ values, models, samples }: ModelScores, sample: number): number[] =>
  Array.from({ length: models }, (_, i) => values[i * samples + sample]!);

/** One model a side, its samples taken for a population. As in Unlearning-Comparator a70efe77, `attack.py`. */
const samplesAsPopulation: Epsilons = (unlearned, retrained) => {
  const epsilon = smallerBound(row(retrained, 0), row(unlearned, 0));
  return Array.from({ length: unlearned.samples }, () => epsilon);
};

/** The first fault alone: per sample over models, but with the smaller bound. */
const smallerOfTwo: Epsilons = (unlearned, retrained) =>
  Array.from({ length: unlearned.samples }, (_, i) =>
    smallerBound(column(retrained, i), column(unlearned, i)),
  );

const ours: Epsilons = (unlearned, retrained) => {
  const found = forgettingQuality(unlearned, retrained);
  if (isMissing(found)) throw new Error(found.detail);
  return found.perSample.map((each) => (isMissing(each) ? Number.NaN : each.epsilon));
};

/** Models whose scores lie within 0 and 1, some samples given away and others not. */
function models(given: readonly number[], seed: number): ModelScores {
  const random = seeded(seed);
  const count = 64;
  const noise = normals(random, count * given.length);
  return {
    values: noise.map((x, i) => 0.4 * x + given[i % given.length]!),
    models: count,
    samples: given.length,
  };
}

/** That each sample is measured over models, and that one error rate alone near zero is seen. */
function expectPerSampleWithLargerBound(epsilons: Epsilons): void {
  // The mixture of samples is the same on both sides, and every single sample is moved.
  const swapped = epsilons(models([0, 4], 1), models([4, 0], 2));
  for (const epsilon of swapped) expect(epsilon, "a sample that every model gives away").toBeGreaterThan(3);
  // Half of the retrained models stand out, and one unlearned model of 32.
  const same = Array.from({ length: 32 }, (_, i) => i / 32);
  const unlearned = { values: same.map((x, i) => (i === 31 ? 1.5 : x)), models: 32, samples: 1 };
  const retrained = { values: same.map((x, i) => (i >= 16 ? x + 1 : x)), models: 32, samples: 1 };
  // At 1.2: FPR = 1/32 and FNR = 16/32, so the bounds are log((31/32) / (16/32)) = 0.66 and log((16/32) / (1/32)) = 2.77.
  expect(epsilons(unlearned, retrained)[0], "the larger of the two bounds").toBeGreaterThan(2.7);
}

describe("fault 8: epsilon from the smaller bound, over the samples of one model", () => {
  it("is refused, each of its two halves, and ours takes the larger bound over models", () => {
    expect(() => expectPerSampleWithLargerBound(samplesAsPopulation)).toThrow(/every model gives away/);
    expect(() => expectPerSampleWithLargerBound(smallerOfTwo)).toThrow(/larger of the two bounds/);
    expectPerSampleWithLargerBound(ours);
  });
});
