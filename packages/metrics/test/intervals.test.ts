import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { areSeparate, tInterval, type TInterval } from "../src/index.ts";

const finite = fc.double({ min: -100, max: 100, noNaN: true });
const runs = fc.array(finite, { minLength: 2, maxLength: 12 });
const interval = (values: readonly number[], confidence?: number): TInterval =>
  tInterval(values, confidence === undefined ? {} : { confidence }) as TInterval;

describe("tInterval", () => {
  it("is mean and spread over the root of n, times the table's quantile", () => {
    // NIST/SEMATECH e-Handbook, table 1.3.6.7.2: 4.303 for 2 degrees of freedom; sd of 2, 3, 4 is 1.
    const { mean, sd, sem, half } = interval([2, 3, 4]);
    expect([mean, sd]).toEqual([3, 1]);
    expect(sem).toBeCloseTo(1 / Math.sqrt(3), 12);
    expect(half).toBeCloseTo(4.303 / Math.sqrt(3), 3);
  });

  it("agrees with the golden vectors", () => {
    const golden = JSON.parse(
      readFileSync(new URL("../../../golden/scores.json", import.meta.url), "utf8"),
    ) as {
      cases: {
        name: string;
        params: { kind: string; confidence: number };
        inputs: { values: number[] };
        expected: Partial<TInterval>;
      }[];
    };
    const cases = golden.cases.filter(({ params }) => params.kind === "tInterval");
    expect(cases.length).toBeGreaterThan(0);
    for (const { name, params, inputs, expected } of cases) {
      const found = tInterval(inputs.values, params);
      if ("undefined" in expected) {
        expect(found, name).toHaveProperty("reason");
        continue;
      }
      for (const [field, value] of Object.entries(expected)) {
        const got = (found as unknown as Record<string, number>)[field];
        expect(Math.abs(got! - value), `${name} ${field}`).toBeLessThanOrEqual(1e-6 + 1e-6 * Math.abs(value));
      }
    }
  });

  it("has no interval for fewer than two runs, and says why", () => {
    for (const values of [[], [91.2]]) {
      expect(tInterval(values)).toEqual({
        reason: "TOO_FEW_RUNS",
        detail: `an interval needs at least two, found ${values.length}`,
      });
    }
  });

  it("has a reason for numbers whose spread float64 cannot hold", () => {
    expect(tInterval([-Number.MAX_VALUE, Number.MAX_VALUE])).toMatchObject({ reason: "DEGENERATE" });
  });

  it("is wider for more confidence, moves with the values, and holds the mean", () => {
    fc.assert(
      fc.property(runs, finite, (values, shift) => {
        const narrow = interval(values, 0.9);
        const wide = interval(values, 0.99);
        expect(wide.half).toBeGreaterThanOrEqual(narrow.half);
        expect(narrow.low).toBeLessThanOrEqual(narrow.mean);
        expect(narrow.high).toBeGreaterThanOrEqual(narrow.mean);
        const moved = interval(
          values.map((value) => value + shift),
          0.9,
        );
        expect(moved.mean).toBeCloseTo(narrow.mean + shift, 8);
        expect(moved.half).toBeCloseTo(narrow.half, 8);
      }),
    );
  });

  it("has a zero width for equal values and no NaN for any finite ones", () => {
    expect(interval([0.1, 0.1, 0.1])).toMatchObject({ mean: 0.1, sd: 0, low: 0.1, high: 0.1 });
    const any = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 6 });
    const confidences = fc.double({ min: 1e-300, max: 1 - 1e-12, noNaN: true });
    fc.assert(
      fc.property(any, confidences, (values, confidence) => {
        for (const number of Object.values(interval(values, confidence))) expect(number).not.toBeNaN();
      }),
      {
        examples: [
          [[1, 1], 1 - 1e-12],
          [[-Number.MAX_VALUE, Number.MAX_VALUE], 1e-300],
        ],
      },
    );
  });

  it("refuses numbers that are not finite and confidences that are none", () => {
    expect(() => tInterval([1, Number.NaN])).toThrow(/finite, found NaN at 1/);
    for (const confidence of [0, 1, 1 - 1e-16, 95, Number.NaN]) {
      expect(() => tInterval([1, 2], { confidence })).toThrow(RangeError);
    }
  });
});

describe("areSeparate", () => {
  it("asks for a gap between the two; a common end is none", () => {
    expect(areSeparate({ low: 0, high: 1 }, { low: 1.1, high: 2 })).toBe(true);
    expect(areSeparate({ low: 1.1, high: 2 }, { low: 0, high: 1 })).toBe(true);
    expect(areSeparate({ low: 0, high: 1 }, { low: 1, high: 2 })).toBe(false);
    expect(areSeparate({ low: 0, high: 3 }, { low: 1, high: 2 })).toBe(false);
  });
});
