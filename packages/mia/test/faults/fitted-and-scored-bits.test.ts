import { describe, expect, it } from "vitest";

import { createRng, type Rng } from "@ltu/core";

import { uLiraScores } from "../../src/evaluators/index.ts";

/** phi of models on one sample: those that unlearned it, those that never saw it, and audited ones. */
interface Sample {
  readonly unlearned: readonly number[];
  readonly neverSeen: readonly number[];
  readonly audited: readonly number[];
}

/** The chance that a sample was unlearned, once for each audited model, or a reason. */
type Attack = (sample: Sample) => readonly (number | string)[];

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};
const density = (z: number, middle: number, width: number): number =>
  Math.exp(-0.5 * ((z - middle) / width) ** 2) / (width * Math.sqrt(2 * Math.PI));

/**
 * Gaussians of right or wrong (1 or 0), asked about the very bits that they were fitted to; no audited model takes part.
 * As in deepunlearn at 6830ff6, `consolidate_predictions.py`.
 */
const fittedBits: Attack = ({ unlearned, neverSeen }) => {
  const bits = (phi: readonly number[]): number[] => phi.map((value) => (value > 0 ? 1 : 0));
  const [u, o] = [bits(unlearned), bits(neverSeen)];
  return u.map((bit) => {
    const own = density(bit, mean(u), spread(u));
    return own / (own + density(bit, mean(o), spread(o)));
  });
};

/** The second half of the fault alone: phi instead of bits, and still asked about what it was fitted to. */
const fittedPoints: Attack = ({ unlearned, neverSeen }) => ours({ unlearned, neverSeen, audited: unlearned });

const ours: Attack = ({ unlearned, neverSeen, audited }) =>
  audited.map((phi) => {
    const { probabilities, leftOut } = uLiraScores(
      Float64Array.of(phi),
      {
        values: Float64Array.from([...unlearned, ...neverSeen]),
        sides: Int8Array.from([...unlearned.map(() => 1), ...neverSeen.map(() => 0)]),
        samples: 1,
      },
      { variance: "perSample" },
    );
    return leftOut[0]?.reason ?? (probabilities[0] as number);
  });

const normals = (rng: Rng, size: number, shift = 0): number[] => [...rng.normals(size)].map((z) => z + shift);

/** That the attack is a number or a reason, and finds nothing where there is nothing to find. */
function expectAuditOfOthers(attack: Attack): void {
  // Every model is right about this sample: an easy one, and most are.
  const rng = createRng(12);
  const easy = { unlearned: normals(rng, 8, 9), neverSeen: normals(rng, 8, 9), audited: [9] };
  for (const value of attack(easy)) expect(value, "an easy sample").not.toBeNaN();
  // Unlearned and never-seen models are alike: a perfect unlearner.
  const found = Array.from({ length: 300 }, (_, i) => {
    const own = rng.split(i);
    const alike = {
      unlearned: normals(own.split("u"), 6),
      neverSeen: normals(own.split("o"), 6),
      audited: normals(own.split("audited"), 6),
    };
    return attack(alike).filter((value): value is number => typeof value === "number");
  }).flat();
  const correct = found.filter((value) => value > 0.5).length / found.length;
  // 1,800 draws: chance alone stays within 0.03 of one half, four times its standard error at 300 independent samples.
  expect(Math.abs(correct - 0.5), "a perfect unlearner").toBeLessThan(0.05);
}

describe("fault 12: Gaussians of right and wrong, asked about what they were fitted to", () => {
  it("is refused, each of its two halves, and ours scores other models by phi", () => {
    expect(() => expectAuditOfOthers(fittedBits)).toThrow(/an easy sample/);
    expect(() => expectAuditOfOthers(fittedPoints)).toThrow(/a perfect unlearner/);
    expectAuditOfOthers(ours);
  });

  it("gives a reason where the shadow models leave no variance", () => {
    const flat = { unlearned: [1, 1, 1], neverSeen: [1, 1, 1], audited: [1] };
    expect(fittedBits(flat)[0]).toBeNaN();
    expect(ours(flat)).toEqual(["ZERO_VARIANCE"]);
  });
});
