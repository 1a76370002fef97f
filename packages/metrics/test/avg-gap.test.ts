import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { avgGap, avgGapColumn, type UnlearningMetrics } from "../src/index.ts";

const percent = fc.double({ min: 0, max: 100, noNaN: true });
const row = fc.record({ UA: percent, RA: percent, TA: percent, MIA: percent });
const retrain = { UA: 5.24, RA: 100, TA: 94.26, MIA: 12.88 };
const salun = { UA: 2.85, RA: 99.62, TA: 93.93, MIA: 14.39 };

describe("avgGap", () => {
  it("gives the published gap of SalUn with its four parts", () => {
    const { value, parts } = avgGap(salun, retrain);
    expect(value).toBeCloseTo((2.39 + 0.38 + 0.33 + 1.51) / 4, 10);
    expect(parts.UA).toBeCloseTo(2.39, 10);
    expect(parts.MIA).toBeCloseTo(1.51, 10);
  });

  it("agrees with the golden vectors", () => {
    const golden = JSON.parse(
      readFileSync(new URL("../../../golden/scores.json", import.meta.url), "utf8"),
    ) as {
      cases: {
        params: { kind: string };
        inputs: { method: UnlearningMetrics; retrain: UnlearningMetrics };
        expected: { avgGap: number };
      }[];
    };
    const cases = golden.cases.filter(({ params }) => params.kind === "avgGap");
    expect(cases.length).toBeGreaterThan(0);
    for (const { inputs, expected } of cases) {
      expect(avgGap(inputs.method, inputs.retrain).value).toBeCloseTo(expected.avgGap, 5);
    }
  });

  it("is a distance: zero to itself, symmetric, and never below zero", () => {
    fc.assert(
      fc.property(row, row, (first, second) => {
        expect(avgGap(first, first).value).toBe(0);
        expect(avgGap(first, second).value).toBe(avgGap(second, first).value);
        expect(avgGap(first, second).value).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("counts too much forgetting as too little: no part has a good end of its scale", () => {
    const over = { ...retrain, UA: retrain.UA + 3 };
    const under = { ...retrain, UA: retrain.UA - 3 };
    expect(avgGap(over, retrain).value).toBeCloseTo(avgGap(under, retrain).value, 12);
  });

  it("has no value without a reference", () => {
    expect(() => avgGap(salun, undefined as unknown as UnlearningMetrics)).toThrow(RangeError);
    expect(() => avgGap(salun, undefined as unknown as UnlearningMetrics)).toThrow("without a reference");
    expect(() => avgGap({ ...salun, TA: Number.NaN }, retrain)).toThrow("TA must be finite");
  });
});

describe("avgGapColumn", () => {
  it("gives every row its gap, the reference's own being 0", () => {
    const column = avgGapColumn({ retrain, salun }, { reference: "retrain" });
    expect(column).toHaveProperty("gaps.retrain.value", 0);
    expect(column).toHaveProperty("gaps.salun.value");
  });

  it("is a reason, not numbers, when the table has no reference row", () => {
    expect(avgGapColumn({ salun }, { reference: "retrain" })).toEqual({
      reason: "NO_ORACLE",
      detail: 'no row "retrain"',
    });
  });
});
