import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { auc, bootstrapInterval, isMissing, type BootstrapInterval } from "../src/index.ts";
import { normals, seeded } from "./random.ts";

const mean = ([values = []]: readonly (readonly number[])[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

describe("bootstrapInterval", () => {
  it("is near the normal interval for the mean of many values", () => {
    const values = normals(seeded(1), 200);
    const sem = Math.sqrt(values.reduce((s, x) => s + (x - mean([values])) ** 2, 0) / 199 / 200);
    for (const method of ["percentile", "bca"] as const) {
      const found = bootstrapInterval([values], mean, {
        random: seeded(2),
        method,
        repetitions: 4000,
      }) as BootstrapInterval;
      expect(found.estimate).toBeCloseTo(mean([values]), 12);
      // A tenth of the interval's half width is five times its Monte-Carlo error.
      expect(Math.abs(found.low - (found.estimate - 1.96 * sem))).toBeLessThan(0.2 * sem);
      expect(Math.abs(found.high - (found.estimate + 1.96 * sem))).toBeLessThan(0.2 * sem);
    }
  });

  it("moves towards the long tail of a skewed statistic with BCa", () => {
    const values = normals(seeded(4), 40).map((x) => Math.exp(1.5 * x));
    const options = { repetitions: 2000 } as const;
    const plain = bootstrapInterval([values], mean, { ...options, random: seeded(5), method: "percentile" });
    const corrected = bootstrapInterval([values], mean, { ...options, random: seeded(5) });
    expect((corrected as BootstrapInterval).high).toBeGreaterThan((plain as BootstrapInterval).high);
    expect((corrected as BootstrapInterval).low).toBeGreaterThan((plain as BootstrapInterval).low);
  });

  it("draws each of several groups on its own, as an AUC needs", () => {
    const random = seeded(6);
    const groups = [normals(random, 40).map((x) => x + 1), normals(random, 60)];
    const found = bootstrapInterval(groups, ([m = [], n = []]) => auc(m, n), { random, repetitions: 500 });
    const { low, high, estimate } = found as BootstrapInterval;
    expect(low).toBeLessThan(estimate);
    expect(high).toBeGreaterThan(estimate);
    expect(high).toBeLessThanOrEqual(1);
  });

  it("is the same for the same random numbers", () => {
    const once = bootstrapInterval([[1, 2, 4, 8]], mean, { random: seeded(1) });
    expect(bootstrapInterval([[1, 2, 4, 8]], mean, { random: seeded(1) })).toEqual(once);
  });

  it("is never NaN for a statistic that is finite, constant values included", () => {
    const values = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(values, fc.constantFrom("percentile" as const, "bca" as const), (given, method) => {
        const found = bootstrapInterval([given], mean, { random: seeded(1), method, repetitions: 100 });
        if (isMissing(found)) return;
        expect(found.low).toBeLessThanOrEqual(found.high);
      }),
    );
    expect(bootstrapInterval([[5, 5, 5]], mean, { random: seeded(1) })).toMatchObject({ low: 5, high: 5 });
  });

  it("has reasons for too few values and for a statistic that no draw reaches", () => {
    expect(bootstrapInterval([[1]], mean, { random: seeded(1) })).toMatchObject({
      reason: "TOO_FEW_SAMPLES",
    });
    // How many different values there are: no draw of ten holds more of them than the ten themselves.
    const distinct = ([values = []]: readonly (readonly number[])[]): number => new Set(values).size;
    const ten = Array.from({ length: 10 }, (_, i) => i);
    expect(bootstrapInterval([ten], distinct, { random: seeded(1), repetitions: 100 })).toMatchObject({
      reason: "DEGENERATE",
    });
  });

  it("refuses options that are none and statistics that are not finite", () => {
    const random = seeded(1);
    expect(() => bootstrapInterval([[1, 2]], mean, { random, repetitions: 10 })).toThrow(/repetitions/);
    expect(() => bootstrapInterval([[1, 2]], () => Number.NaN, { random })).toThrow(
      /statistic must be finite/,
    );
    expect(() => bootstrapInterval([[1, Infinity]], mean, { random })).toThrow(/group 0 must be finite/);
    expect(() => bootstrapInterval([], mean, { random })).toThrow(/number of groups/);
    expect(() => bootstrapInterval([[1, 2]], mean, { random, method: "best" as "bca" })).toThrow(/method/);
  });
});
