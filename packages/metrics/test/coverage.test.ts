import { describe, expect, it } from "vitest";

import {
  aucInterval,
  bootstrapInterval,
  clopperPearson,
  inOracleUnits,
  isMissing,
  oracleContrast,
  tInterval,
} from "../src/index.ts";
import { normals, seeded } from "./random.ts";

/** Share of repetitions whose interval holds the truth, with the standard error of that share. */
function coverage(repetitions: number, holds: () => boolean): { share: number; error: number } {
  let held = 0;
  for (let i = 0; i < repetitions; i++) held += holds() ? 1 : 0;
  const share = held / repetitions;
  return { share, error: Math.sqrt((share * (1 - share)) / repetitions) };
}

const within = (found: unknown, truth: number): boolean => {
  if (isMissing(found)) throw new Error(`no interval: ${found.detail}`);
  const { low, high } = found as { low: number; high: number };
  return low <= truth && truth <= high;
};

/** Four standard errors of the simulated share: a right interval fails once in about 16,000 such checks. */
const sigmas = 4;

describe("coverage of the intervals in a seeded simulation", () => {
  it("of Student's t is nominal, for the mean of five seeds", () => {
    const random = seeded(11);
    for (const confidence of [0.9, 0.95]) {
      const { share, error } = coverage(4000, () => within(tInterval(normals(random, 5), { confidence }), 0));
      expect(Math.abs(share - confidence)).toBeLessThan(sigmas * error);
    }
  });

  it("of the band of the oracles is nominal, for one more oracle", () => {
    const random = seeded(12);
    const { share, error } = coverage(4000, () => {
      const [value = 0, ...oracles] = normals(random, 6);
      return within(inOracleUnits(value, oracles), value);
    });
    expect(Math.abs(share - 0.95)).toBeLessThan(sigmas * error);
  });

  it("of the contrast between original and oracles is nominal, for one original and for several", () => {
    const random = seeded(13);
    for (const [originals, oracles] of [
      [1, 5],
      [5, 5],
    ] as const) {
      const { share, error } = coverage(4000, () =>
        within(oracleContrast(normals(random, originals), normals(random, oracles)), 0),
      );
      // Welch's degrees of freedom are an approximation that errs towards wider intervals.
      expect(share).toBeGreaterThan(0.95 - sigmas * error);
      expect(share).toBeLessThan(0.97);
    }
  });

  it("of Clopper and Pearson is never below nominal, for rates as low as an attack's", () => {
    const random = seeded(14);
    for (const rate of [0.01, 0.1, 0.5]) {
      const { share, error } = coverage(2000, () => {
        let successes = 0;
        for (let i = 0; i < 200; i++) successes += random() < rate ? 1 : 0;
        return within(clopperPearson(successes, 200), rate);
      });
      expect(share).toBeGreaterThan(0.95 - sigmas * error);
    }
  });

  it("of the AUC is nominal within two points, for 60 samples a side", () => {
    const random = seeded(15);
    // Members one standard deviation above: the AUC is Phi(1 / sqrt 2).
    const truth = 0.7602499;
    const { share } = coverage(2000, () =>
      within(
        aucInterval(
          normals(random, 60).map((x) => x + 1),
          normals(random, 60),
        ),
        truth,
      ),
    );
    expect(Math.abs(share - 0.95)).toBeLessThan(0.02);
  });

  it("of the bootstrap is nominal within three points, for the mean of 40 values", () => {
    const random = seeded(16);
    const mean = ([values = []]: readonly (readonly number[])[]): number =>
      values.reduce((a, b) => a + b, 0) / values.length;
    for (const method of ["percentile", "bca"] as const) {
      const { share } = coverage(800, () =>
        within(bootstrapInterval([normals(random, 40)], mean, { random, method, repetitions: 400 }), 0),
      );
      expect(share).toBeGreaterThan(0.92);
      expect(share).toBeLessThan(0.98);
    }
  });
});
